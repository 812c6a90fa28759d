package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

// kubectl runs the user's own kubectl with the connection flags that the plugin was given.
type kubectl struct {
	flags []string
}

// connection are the flags of kubectl that say which cluster, as whom, and which namespace.
var connection = []string{"n", "namespace", "context", "kubeconfig", "cluster", "user", "as", "as-group"}

func (k *kubectl) define(flags *flag.FlagSet) {
	for _, name := range connection {
		long := name
		if name == "n" {
			long = "namespace"
		}
		flags.Func(name, "", func(value string) error {
			k.flags = append(k.flags, "--"+long+"="+value)
			return nil
		})
	}
}

// errInterrupted stands for Ctrl-C, which the terminal sends to a running kubectl as well.
var errInterrupted = errors.New("interrupted")

// run returns what kubectl prints, or its own message as the error.
func (k kubectl) run(args ...string) ([]byte, error) {
	program := os.Getenv("KUBECTL")
	if program == "" {
		program = "kubectl"
	}
	command := exec.Command(program, append(args, k.flags...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && diedOf(exit, syscall.SIGINT):
		return nil, errInterrupted
	case errors.As(err, &exit):
		message := strings.TrimPrefix(strings.TrimSpace(stderr.String()), "error: ")
		return nil, errors.New(printable(message))
	case err != nil:
		return nil, fmt.Errorf("%s does not run: %w", program, err)
	}
	return out, nil
}

func diedOf(exit *exec.ExitError, signal syscall.Signal) bool {
	status, known := exit.Sys().(syscall.WaitStatus)
	return known && status.Signaled() && status.Signal() == signal
}

func (k kubectl) get(into any, args ...string) error {
	out, err := k.run(append([]string{"get", "--output=json", "--ignore-not-found"}, args...)...)
	if err != nil || len(out) == 0 {
		return err
	}
	return json.Unmarshal(out, into)
}

func (k kubectl) session(name string) (session, error) {
	var found session
	if err := k.get(&found, resource, name); err != nil {
		return found, err
	}
	if found.Metadata.Name == "" {
		return found, fmt.Errorf("there is no WhatsAppSession %q in this namespace; kubectl wawp status -A lists all", name)
	}
	return found, nil
}

// annotate sets an annotation of this very resource, not of one that was made anew under its name.
func (k kubectl) annotate(s session, key, value string) error {
	return k.patch(s, map[string]any{"metadata": map[string]any{"annotations": map[string]any{key: value}}})
}

func (k kubectl) patch(s session, change map[string]any) error {
	metadata, has := change["metadata"].(map[string]any)
	if !has {
		metadata = map[string]any{}
		change["metadata"] = metadata
	}
	metadata["uid"] = s.Metadata.UID
	patch, err := json.Marshal(change)
	if err != nil {
		return err
	}
	_, err = k.run("patch", resource, s.Metadata.Name, "--type=merge", "--patch="+string(patch))
	return err
}
