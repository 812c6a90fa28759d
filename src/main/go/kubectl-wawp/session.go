package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"
)

const resource = "whatsappsessions.wawp.net"

type metadata struct {
	Name              string            `json:"name"`
	Namespace         string            `json:"namespace"`
	UID               string            `json:"uid"`
	Generation        int64             `json:"generation"`
	Annotations       map[string]string `json:"annotations"`
	Labels            map[string]string `json:"labels"`
	DeletionTimestamp *time.Time        `json:"deletionTimestamp"`
}

type condition struct {
	Type               string    `json:"type"`
	Status             string    `json:"status"`
	Reason             string    `json:"reason"`
	Message            string    `json:"message"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
}

// session holds what the plugin reads of a WhatsAppSession.
type session struct {
	Metadata metadata `json:"metadata"`
	Spec     struct {
		DesiredState string `json:"desiredState"`
		InstanceID   string `json:"instanceId"`
		Suspend      bool   `json:"suspend"`
		Pairing      struct {
			Mode string `json:"mode"`
		} `json:"pairing"`
		Recovery struct {
			MaxRestarts *int `json:"maxRestarts"`
		} `json:"recovery"`
	} `json:"spec"`
	Status struct {
		ObservedGeneration int64  `json:"observedGeneration"`
		SessionState       string `json:"sessionState"`
		Pairing            string `json:"pairing"`
		InstanceID         string `json:"instanceId"`
		Account            struct {
			ID string `json:"id"`
		} `json:"account"`
		PlannedAction string `json:"plannedAction"`
		LastAction    *struct {
			Type    string    `json:"type"`
			Purpose string    `json:"purpose"`
			Phase   string    `json:"phase"`
			Attempt int       `json:"attempt"`
			Time    time.Time `json:"time"`
		} `json:"lastAction"`
		Restarts             int    `json:"restarts"`
		LastHandledRequestAt string `json:"lastHandledRequestAt"`
		LastHandledRestart   string `json:"lastHandledRestart"`
		NextTransitionAt     string `json:"nextTransitionAt"`
		PairingRequest       struct {
			Token     string    `json:"token"`
			Phase     string    `json:"phase"`
			ExpiresAt time.Time `json:"expiresAt"`
		} `json:"pairingRequest"`
		Conditions []condition `json:"conditions"`
	} `json:"status"`
}

func (s session) condition(kind string) condition {
	for _, c := range s.Status.Conditions {
		if c.Type == kind {
			return c
		}
	}
	return condition{Type: kind}
}

func (s session) is(kind string) bool { return s.condition(kind).Status == "True" }

// current tells whether the status is about the spec as it is now.
func (s session) current() bool { return s.Status.ObservedGeneration == s.Metadata.Generation }

func (s session) instance() string {
	if s.Status.InstanceID != "" {
		return s.Status.InstanceID
	}
	return s.Spec.InstanceID
}

// severity sorts sessions: what needs a person comes first.
func (s session) severity() severity {
	switch {
	case s.is("Stalled"):
		return needsPerson
	case s.condition("Ready").Status == "Unknown":
		return unknown
	case s.is("Ready"):
		return ready
	case s.condition("Ready").Status == "":
		return unhandled
	}
	return inProgress
}

// settled tells whether nothing more happens by itself: the session is as it should be, or needs a person.
func (s session) settled() bool { return s.severity() == ready || s.severity() == needsPerson }

type severity int

const (
	needsPerson severity = iota
	unknown
	unhandled
	inProgress
	ready
)

// gitOps names the tool that keeps the resource as Git has it, or nothing.
func (s session) gitOps() string {
	switch {
	case s.Metadata.Annotations["argocd.argoproj.io/tracking-id"] != "":
		return "Argo CD"
	case s.Metadata.Labels["kustomize.toolkit.fluxcd.io/name"] != "" || s.Metadata.Labels["helm.toolkit.fluxcd.io/name"] != "":
		return "Flux"
	}
	return ""
}

// printable keeps what anybody may have written into the cluster from steering the terminal.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return printable(text)
}

// since gives an age as kubectl does: 5s, 12m, 3h, 8d.
func since(then, now time.Time) string {
	if then.IsZero() {
		return "-"
	}
	age := max(now.Sub(then), 0)
	switch {
	case age < 2*time.Minute:
		return fmt.Sprintf("%ds", int(age.Seconds()))
	case age < 2*time.Hour:
		return fmt.Sprintf("%dm", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%dh", int(age.Hours()))
	}
	return fmt.Sprintf("%dd", int(age.Hours()/24))
}
