package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

func status(o options) error {
	args := []string{resource}
	if o.allNamespaces {
		args = append(args, "--all-namespaces")
	}
	var list struct {
		Items []session `json:"items"`
	}
	if err := o.kubectl.get(&list, args...); err != nil {
		return err
	}
	printFleet(os.Stdout, list.Items, o.allNamespaces, time.Now())
	return nil
}

func printFleet(out io.Writer, sessions []session, namespaces bool, now time.Time) {
	if len(sessions) == 0 {
		fmt.Fprintln(out, "There are no sessions here.")
		return
	}
	slices.SortStableFunc(sessions, func(a, b session) int {
		if a.severity() != b.severity() {
			return int(a.severity()) - int(b.severity())
		}
		return strings.Compare(a.Metadata.Namespace+"/"+a.Metadata.Name, b.Metadata.Namespace+"/"+b.Metadata.Name)
	})
	var counts [ready + 1]int
	for _, s := range sessions {
		counts[s.severity()]++
	}
	fmt.Fprintf(out, "Sessions: %d (%d ready, %d in progress, %d need a person, %d unknown, %d not handled yet)\n\n",
		len(sessions), counts[ready], counts[inProgress], counts[needsPerson], counts[unknown], counts[unhandled])
	table := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	row := func(namespace string, cells ...string) {
		if namespaces {
			cells = append([]string{namespace}, cells...)
		}
		fmt.Fprintln(table, strings.Join(cells, "\t"))
	}
	row("NAMESPACE", "NAME", "DESIRED", "STATE", "READY", "REASON", "SINCE")
	for _, s := range sessions {
		c := s.condition("Ready")
		row(s.Metadata.Namespace, s.Metadata.Name, dash(s.Spec.DesiredState), dash(s.Status.SessionState), dash(c.Status), dash(c.Reason),
			since(c.LastTransitionTime, now))
	}
	table.Flush()
	if counts[ready] < len(sessions) {
		fmt.Fprintln(out, "\nkubectl wawp why NAME tells what to do.")
	}
}
