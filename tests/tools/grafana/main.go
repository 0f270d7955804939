// Reads dashboards as Grafana's own schema has them and says what in them does not fit.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/grafana/grafana-foundation-sdk/go/cog"
	"github.com/grafana/grafana-foundation-sdk/go/cog/plugins"
	"github.com/grafana/grafana-foundation-sdk/go/dashboard"
)

func main() {
	plugins.RegisterDefaultPlugins()
	fits := true
	for _, file := range os.Args[1:] {
		if err := check(file); err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", file, err)
			fits = false
		}
	}
	if !fits {
		os.Exit(1)
	}
}

func check(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	var board dashboard.Dashboard
	if err := some(board.UnmarshalJSONStrict(text)); err != nil {
		return err
	}
	if err := some(board.Validate()); err != nil {
		return err
	}
	var raw panel
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	return raw.check()
}

// What the SDK reads strictly in no panel: how fields are shown. A dashboard has panels as a row has.
type panel struct {
	Title       string          `json:"title"`
	Panels      []panel         `json:"panels"`
	FieldConfig json.RawMessage `json:"fieldConfig"`
}

func (p panel) check() error {
	for _, inner := range p.Panels {
		if err := inner.check(); err != nil {
			return err
		}
	}
	if p.FieldConfig == nil {
		return nil
	}
	var config dashboard.FieldConfigSource
	if err := some(config.UnmarshalJSONStrict(p.FieldConfig)); err != nil {
		return fmt.Errorf("%s: %w", p.Title, err)
	}
	for _, override := range config.Overrides {
		for _, property := range override.Properties {
			if err := checkProperty(property); err != nil {
				return fmt.Errorf("%s: %s: %w", p.Title, property.Id, err)
			}
		}
	}
	return nil
}

// The value of a property is anything to the SDK. Those named like a field of a field's configuration are read as it; the
// SDK takes data links for links of a dashboard, which are another thing.
func checkProperty(property dashboard.DynamicConfigValue) error {
	switch property.Id {
	case "unit", "min", "max", "decimals", "displayName", "noValue", "thresholds", "mappings", "color":
	default:
		return nil
	}
	value, err := json.Marshal(map[string]any{property.Id: property.Value})
	if err != nil {
		return err
	}
	var config dashboard.FieldConfig
	return some(config.UnmarshalJSONStrict(value))
}

// The SDK returns an empty list of errors where there are none.
func some(err error) error {
	var list cog.BuildErrors
	if errors.As(err, &list) && len(list) == 0 {
		return nil
	}
	return err
}
