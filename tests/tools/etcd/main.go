// Command etcd is the store under the tests' kube-apiserver: the upstream
// server, pinned by this module.
//
// tests/support/toolbox.rs builds it.
package main

import (
	"io"
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	endWithTheTest()
	etcdmain.Main(os.Args)
}

// endWithTheTest ends this process when the test that holds the other end of
// stdin is gone, killed or interrupted.
func endWithTheTest() {
	if os.Getenv("EXIT_WITH_STDIN") == "" {
		return
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
}
