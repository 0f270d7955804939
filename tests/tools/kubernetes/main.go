// Command kubernetes is the control plane the tests run against: kube-apiserver,
// kube-controller-manager and kube-scheduler in one executable, told apart by
// the name it is started under. The three share almost all of their packages,
// so one link takes a third of the time and disk of three.
//
// tests/support/toolbox.rs builds it and stamps the version that go.mod pins.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	_ "time/tzdata" // spec.timeZone of a CronJob, on machines without a zone database

	"github.com/spf13/cobra"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"          // --logging-format=json
	_ "k8s.io/component-base/metrics/prometheus/clientgo" // rest_client_* and workqueue_* metrics
	_ "k8s.io/component-base/metrics/prometheus/version"  // kubernetes_build_info
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllermanager "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
)

func main() {
	name := filepath.Base(os.Args[0])
	command := component(name)
	if command == nil {
		fmt.Fprintf(os.Stderr, "%s: start me as kube-apiserver, kube-controller-manager or kube-scheduler\n", name)
		os.Exit(2)
	}
	endWithTheTest()
	os.Exit(cli.Run(command))
}

// component makes only the command that was asked for: each of them registers
// its feature gates in the same process-wide registry.
func component(name string) *cobra.Command {
	switch name {
	case "kube-apiserver":
		return apiserver.NewAPIServerCommand()
	case "kube-controller-manager":
		return controllermanager.NewControllerManagerCommand()
	case "kube-scheduler":
		return scheduler.NewSchedulerCommand()
	}
	return nil
}

// endWithTheTest ends this process when the test that holds the other end of
// stdin is gone, killed or interrupted. On a signal alone kube-apiserver would
// stay: without etcd, which was quicker to leave, it does not get through its
// shutdown.
func endWithTheTest() {
	if os.Getenv("EXIT_WITH_STDIN") == "" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
