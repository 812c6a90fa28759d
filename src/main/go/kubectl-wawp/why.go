package main

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"
	"time"
)

// event holds what the plugin reads of a Kubernetes Event, whichever of its APIs it was written with.
type event struct {
	Metadata struct {
		CreationTimestamp time.Time `json:"creationTimestamp"`
	} `json:"metadata"`
	Type          string    `json:"type"`
	Reason        string    `json:"reason"`
	Message       string    `json:"message"`
	LastTimestamp time.Time `json:"lastTimestamp"`
	EventTime     time.Time `json:"eventTime"`
	Series        struct {
		LastObservedTime time.Time `json:"lastObservedTime"`
	} `json:"series"`
	InvolvedObject struct {
		UID string `json:"uid"`
	} `json:"involvedObject"`
}

func (e event) time() time.Time {
	latest := e.Metadata.CreationTimestamp
	for _, t := range []time.Time{e.LastTimestamp, e.EventTime, e.Series.LastObservedTime} {
		if t.After(latest) {
			latest = t
		}
	}
	return latest
}

func why(o options) error {
	s, err := o.kubectl.session(o.name)
	if err != nil {
		return err
	}
	var list struct {
		Items []event `json:"items"`
	}
	// Events are a help, not the answer: without the right to read them the rest is still told.
	eventsErr := o.kubectl.get(&list, "events", "--field-selector=involvedObject.kind=WhatsAppSession,involvedObject.name="+o.name)
	explain(os.Stdout, s, time.Now())
	if eventsErr != nil {
		fmt.Printf("\nThe Events cannot be read: %v\n", eventsErr)
		return nil
	}
	own := slices.DeleteFunc(list.Items, func(e event) bool { return e.InvolvedObject.UID != s.Metadata.UID })
	printEvents(os.Stdout, own, time.Now())
	return nil
}

func explain(out io.Writer, s session, now time.Time) {
	c := s.condition("Ready")
	word := map[severity]string{
		needsPerson: "needs a person", unknown: "is unknown", unhandled: "is not handled yet", inProgress: "is in progress", ready: "is ready",
	}[s.severity()]
	fmt.Fprintf(out, "%s %s", s.Metadata.Name, word)
	if c.Reason != "" {
		fmt.Fprintf(out, ": %s, %s", printable(c.Reason), since(c.LastTransitionTime, now))
	}
	fmt.Fprintln(out)
	if c.Message != "" {
		fmt.Fprintln(out, "  "+printable(c.Message))
	}
	if !s.current() {
		fmt.Fprintln(out, "  The operator has not handled the last edit yet. If that lasts: does it run, and does it watch this namespace?")
	}
	if advice, known := advices[c.Reason]; known {
		fmt.Fprintln(out, "\nWhat to do: "+advice)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	row := func(key, value string) { fmt.Fprintf(table, "%s\t%s\n", key, value) }
	row("Desired", dash(s.Spec.DesiredState))
	row("Observed", dash(s.Status.SessionState))
	row("Pairing", dash(s.Status.Pairing))
	row("Account", dash(s.Status.Account.ID))
	row("Instance", dash(s.instance()))
	if a := s.Status.LastAction; a != nil {
		row("Last call", fmt.Sprintf("%s for %s, attempt %d: %s, %s ago", dash(a.Type), dash(a.Purpose), a.Attempt, dash(a.Phase), since(a.Time, now)))
	}
	if most := s.Spec.Recovery.MaxRestarts; most != nil {
		row("Restarts", fmt.Sprintf("%d of %d", s.Status.Restarts, *most))
	}
	if s.Status.PlannedAction != "" {
		row("Held back", printable(s.Status.PlannedAction)+", while spec.suspend is true")
	}
	if s.Status.NextTransitionAt != "" {
		row("Next change", printable(s.Status.NextTransitionAt))
	}
	if s.Metadata.DeletionTimestamp != nil {
		row("Deletion", "requested "+since(*s.Metadata.DeletionTimestamp, now)+" ago")
	}
	table.Flush()
}

func printEvents(out io.Writer, events []event, now time.Time) {
	if len(events) == 0 {
		return
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(b.time().UnixNano(), a.time().UnixNano()) })
	fmt.Fprintln(out, "\nEvents, newest first:")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, e := range events[:min(len(events), 10)] {
		fmt.Fprintf(table, "  %s\t%s\t%s\t%s\n", since(e.time(), now), dash(e.Type), dash(e.Reason), dash(e.Message))
	}
	table.Flush()
}
