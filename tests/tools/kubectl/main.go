// Command kubectl is kubectl as upstream makes it, for the tests that try the
// commands of the runbooks.
//
// tests/support/toolbox.rs builds it and stamps the version that go.mod pins.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	command := cmd.NewDefaultKubectlCommand()
	if err := cli.RunNoErrOutput(command); err != nil {
		util.CheckErr(err) // ends the program
		os.Exit(1)
	}
}
