package main

import (
	"flag"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// completionScript is what kubectl calls to complete "kubectl wawp …".
const completionScript = `#!/bin/sh
# kubectl completes its plugins with this program. Put it on the PATH as kubectl_complete-wawp, executable:
#   kubectl wawp completion > ~/.local/bin/kubectl_complete-wawp && chmod +x ~/.local/bin/kubectl_complete-wawp
exec kubectl-wawp __complete "$@"
`

// noFiles is the directive that tells the shell not to offer file names (cobra's ShellCompDirectiveNoFileComp).
const noFiles = ":4"

// complete prints the words that may stand where the cursor is, the last of args, in the form that kubectl reads.
func complete(args []string) {
	for _, word := range candidates(args) {
		fmt.Println(word)
	}
	fmt.Println(noFiles)
}

func candidates(args []string) []string {
	if len(args) == 0 {
		return nil
	}
	before, typed := args[:len(args)-1], args[len(args)-1]
	var words []string
	switch {
	case len(before) == 0:
		words = append(slices.Sorted(maps.Keys(commands)), "completion", "help", "version", "--help", "--version")
	case strings.HasPrefix(typed, "-"):
		words = flags(before[0])
	case commands[before[0]].named:
		words = names(before)
	}
	return slices.DeleteFunc(words, func(word string) bool { return !strings.HasPrefix(word, typed) })
}

// flags lists those that the command takes, by their long names.
func flags(name string) []string {
	words := []string{"--help"}
	command, known := commands[name]
	if !known {
		return words
	}
	new(options).define(name, command).VisitAll(func(f *flag.Flag) {
		if len(f.Name) > 1 {
			words = append(words, "--"+f.Name)
		}
	})
	return words
}

// names lists the sessions of the namespace that the command line names so far; whatever goes wrong, there is nothing to offer.
func names(before []string) []string {
	// one name is still missing
	options, err := parse(before[0], commands[before[0]], append(slices.Clone(before[1:]), "name"))
	if err != nil {
		return nil
	}
	out, err := options.kubectl.run("get", resource, "--output=jsonpath={.items[*].metadata.name}")
	if err != nil {
		return nil
	}
	return strings.Fields(string(out))
}
