// Command kubectl-wawp is a kubectl plugin for people on call: what is wrong with a WhatsApp session, and what a person can do about it.
//
// It talks to the cluster through kubectl alone, so it sees what the user sees and needs no rights of its own.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// version is set by the linker in a release.
var version = "dev"

const usage = `Looks after WhatsApp sessions that the Wawp operator runs.

Usage:
  kubectl wawp COMMAND [NAME] [flags]

Commands:
  status         List the sessions, those that need a person first
  why NAME       Tell why a session is as it is, and what to do
  pair NAME      Link a phone: show the QR code until somebody has scanned it
  poll NAME      Request a poll now
  restart NAME   Stop and start the session; the phone stays linked
  suspend NAME   Let the operator make no call that changes the session
  resume NAME    Let the operator act on the session again
  logout NAME    Unlink the phone for good; asks for the instance id first
  completion     Print the script that completes these commands in a shell

Flags:
  -n, --namespace NAMESPACE   The namespace of the session
  -A, --all-namespaces        status: the sessions of all namespaces
      --link                  pair: show the link to a page with the QR code in place of the code
      --timeout DURATION      How long to wait (pair: 10m, else 2m)
      --no-wait               poll, restart, suspend, resume, logout: do not wait for the operator
      --context, --kubeconfig, --cluster, --user, --as, --as-group
                              As for kubectl
      --version               Print the version
  -h, --help                  Print this text
`

// options are the flags of the command line.
type options struct {
	kubectl       kubectl
	allNamespaces bool
	link          bool
	noWait        bool
	timeout       time.Duration
	name          string
}

// A command acts on one session, but for "status", which has no name. One that waits has a time-out.
type command struct {
	named   bool
	timeout time.Duration
	run     func(options) error
}

var commands = map[string]command{
	"status":  {false, 0, status},
	"why":     {true, 0, why},
	"pair":    {true, 10 * time.Minute, pair},
	"poll":    {true, 2 * time.Minute, poll},
	"restart": {true, 2 * time.Minute, restart},
	"suspend": {true, 2 * time.Minute, suspend},
	"resume":  {true, 2 * time.Minute, resume},
	"logout":  {true, 2 * time.Minute, logout},
}

func main() {
	args := os.Args[1:]
	// kubectl looks for a program of this name to complete the plugin's arguments; a link to this one will do.
	if strings.HasPrefix(filepath.Base(os.Args[0]), "kubectl_complete-wawp") {
		args = append([]string{"__complete"}, args...)
	}
	if err := run(args); err != nil {
		fmt.Fprintln(os.Stderr, "error: "+err.Error())
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		fmt.Print(usage)
		return nil
	}
	switch args[0] {
	case "help", "-h", "--help":
		fmt.Print(usage)
		return nil
	case "version", "--version":
		fmt.Println("kubectl-wawp " + version)
		return nil
	case "completion":
		fmt.Print(completionScript)
		return nil
	case "__complete":
		complete(args[1:])
		return nil
	}
	command, known := commands[args[0]]
	if !known {
		return fmt.Errorf("there is no command %q; kubectl wawp --help lists them", args[0])
	}
	options, err := parse(args[0], command, args[1:])
	if errors.Is(err, flag.ErrHelp) {
		fmt.Print(usage)
		return nil
	}
	if err != nil {
		return err
	}
	return command.run(options)
}

// define names the flags that the command takes.
func (o *options) define(name string, command command) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	o.kubectl.define(flags)
	if !command.named {
		flags.BoolVar(&o.allNamespaces, "A", false, "")
		flags.BoolVar(&o.allNamespaces, "all-namespaces", false, "")
	}
	if command.timeout > 0 {
		flags.DurationVar(&o.timeout, "timeout", command.timeout, "")
		if name == "pair" {
			flags.BoolVar(&o.link, "link", false, "")
		} else {
			flags.BoolVar(&o.noWait, "no-wait", false, "")
		}
	}
	return flags
}

// parse takes flags before and after the name, as kubectl does.
func parse(name string, command command, args []string) (options, error) {
	options := options{timeout: command.timeout}
	flags := options.define(name, command)
	var names []string
	for rest := args; ; {
		if err := flags.Parse(rest); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return options, err
			}
			return options, fmt.Errorf("%w; kubectl wawp --help lists the flags", err)
		}
		if flags.NArg() == 0 {
			break
		}
		names = append(names, flags.Arg(0))
		rest = flags.Args()[1:]
	}
	switch {
	case command.named && len(names) != 1:
		return options, fmt.Errorf("kubectl wawp %s takes the name of one session", name)
	case !command.named && len(names) > 0:
		return options, fmt.Errorf("kubectl wawp %s takes no name; kubectl wawp why NAME tells about one session", name)
	case command.named:
		options.name = names[0]
	}
	return options, nil
}
