// The programs of a Kubernetes cluster in one, chosen by the name that it is started by or by its first argument: what they share is
// compiled and linked once, and a guest gets one file.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"dpdk-fleet/kubernetes/programs/certificates"

	"github.com/spf13/cobra"
	"go.etcd.io/etcd/server/v3/etcdmain"
	"k8s.io/component-base/cli"
	_ "k8s.io/component-base/logs/json/register"
	_ "k8s.io/component-base/metrics/prometheus/clientgo"
	_ "k8s.io/component-base/metrics/prometheus/version"
	kubectl "k8s.io/kubectl/pkg/cmd"
	apiserver "k8s.io/kubernetes/cmd/kube-apiserver/app"
	controllers "k8s.io/kubernetes/cmd/kube-controller-manager/app"
	scheduler "k8s.io/kubernetes/cmd/kube-scheduler/app"
	kubelet "k8s.io/kubernetes/cmd/kubelet/app"
)

// Each of them, as its own main does it. A command is made only once it is asked for: they register flags of one name.
var commands = map[string]func() *cobra.Command{
	"kube-apiserver":          apiserver.NewAPIServerCommand,
	"kube-controller-manager": controllers.NewControllerManagerCommand,
	"kube-scheduler":          func() *cobra.Command { return scheduler.NewSchedulerCommand() },
	"kubelet":                 func() *cobra.Command { return kubelet.NewKubeletCommand(context.Background()) },
	"kubectl":                 kubectl.NewDefaultKubectlCommand,
}

func main() {
	name, arguments := chosen(os.Args)
	os.Args = append([]string{name}, arguments...)
	command, known := commands[name]
	switch {
	case known:
		os.Exit(cli.Run(command()))
	case name == "etcd":
		etcdmain.Main(os.Args)
	case name == "certificates":
		if err := certificates.Make(os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	default:
		fmt.Fprintf(os.Stderr, "kubernetes: no program `%s`; one of certificates, etcd, %s\n", name, strings.Join(names(), ", "))
		os.Exit(2)
	}
}

// The program's name and its arguments: `kubelet --config …`, or `kubernetes kubelet --config …`.
func chosen(given []string) (string, []string) {
	name := filepath.Base(given[0])
	if _, known := commands[name]; known || name == "etcd" || len(given) < 2 {
		return name, given[1:]
	}
	return given[1], given[2:]
}

func names() []string {
	var all []string
	for name := range commands {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}
