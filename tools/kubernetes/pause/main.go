// The process that holds a pod's namespaces in the lab: it waits until it is told to end, and collects the children that others leave to it.
package main

import (
	"os"
	"os/signal"
	"syscall"
)

func main() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGINT, syscall.SIGTERM, syscall.SIGCHLD)
	for got := range told {
		if got != syscall.SIGCHLD {
			return
		}
		// Several may have ended for one signal.
		for {
			if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
				break
			}
		}
	}
}
