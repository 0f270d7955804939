// Command kubectl is the client that the tests try the runbooks' commands with.
//
// tests/support/toolbox.rs builds it and stamps the version that go.mod pins.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
)

func main() {
	os.Exit(cli.Run(cmd.NewDefaultKubectlCommand()))
}
