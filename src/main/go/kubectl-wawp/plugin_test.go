package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func parsed(t *testing.T, text string) session {
	t.Helper()
	var s session
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func named(t *testing.T, name, conditions string) session {
	t.Helper()
	return parsed(t, `{"metadata": {"name": "`+name+`", "namespace": "crm", "generation": 1},
		"spec": {"desiredState": "Running"}, "status": {"observedGeneration": 1, "conditions": [`+conditions+`]}}`)
}

func TestSessionsThatNeedAPersonComeFirst(t *testing.T) {
	sessions := []session{
		named(t, "well", `{"type": "Ready", "status": "True", "reason": "Working", "lastTransitionTime": "2026-11-22T12:00:00Z"}`),
		named(t, "starting", `{"type": "Ready", "status": "False", "reason": "Starting"}, {"type": "Reconciling", "status": "True"}`),
		named(t, "new", ``),
		named(t, "away", `{"type": "Ready", "status": "Unknown", "reason": "GatewayUnavailable"}, {"type": "Reconciling", "status": "True"}`),
		named(t, "parked", `{"type": "Ready", "status": "False", "reason": "PairingRequired"}, {"type": "Stalled", "status": "True"}`),
	}
	var out strings.Builder
	printFleet(&out, sessions, true, now)

	var names []string
	for _, line := range strings.Split(out.String(), "\n") {
		if fields := strings.Fields(line); len(fields) == 7 && fields[0] == "crm" {
			names = append(names, fields[1])
		}
	}
	if want := []string{"parked", "away", "new", "starting", "well"}; !reflect.DeepEqual(names, want) {
		t.Errorf("got %v, want %v, in\n%s", names, want, out.String())
	}
	for _, part := range []string{"Sessions: 5 (1 ready, 1 in progress, 1 need a person, 1 unknown, 1 not handled yet)", "3d"} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is missing in\n%s", part, out.String())
		}
	}
}

func TestTheExplanationSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	s := parsed(t, `{"metadata": {"name": "support-line", "generation": 2}, "spec": {"desiredState": "Running", "recovery": {"maxRestarts": 3}},
		"status": {"observedGeneration": 1, "sessionState": "FAILED", "pairing": "Unpaired", "instanceId": "3EB0BCB2E3DA", "restarts": 1,
		"lastAction": {"type": "Start", "purpose": "Recovery", "phase": "Confirmed", "attempt": 2, "time": "2026-11-25T11:55:00Z"},
		"conditions": [{"type": "Stalled", "status": "True"}, {"type": "Ready", "status": "False", "reason": "PairingRequired", "message": "No phone is linked."}]}}`)
	var out strings.Builder
	explain(&out, s, now)
	for _, part := range []string{
		"support-line needs a person: PairingRequired", "No phone is linked.", "has not handled the last edit", "What to do: link a phone",
		"Start for Recovery, attempt 2: Confirmed, 5m ago", "1 of 3", "3EB0BCB2E3DA",
	} {
		if !strings.Contains(out.String(), part) {
			t.Errorf("%q is missing in\n%s", part, out.String())
		}
	}
}

func TestNoTextFromTheClusterSteersTheTerminal(t *testing.T) {
	s := named(t, "forged", `{"type": "Ready", "status": "False", "reason": "PairingRequired", "message": "\u001b]0;owned\u0007\u001b[2J"}`)
	var out strings.Builder
	explain(&out, s, now)
	printFleet(&out, []session{s}, false, now)
	if strings.ContainsAny(out.String(), "\x1b\x07") {
		t.Errorf("%q holds a control character", out.String())
	}
}

func TestFlagsMayStandBeforeAndAfterTheName(t *testing.T) {
	for _, args := range [][]string{{"-n", "crm", "line", "--timeout=5s"}, {"line", "--namespace=crm", "--timeout", "5s"}} {
		o, err := parse("pair", commands["pair"], args)
		if err != nil || o.name != "line" || o.timeout != 5*time.Second || !reflect.DeepEqual(o.kubectl.flags, []string{"--namespace=crm"}) {
			t.Errorf("%v became %+v, %v", args, o, err)
		}
	}
}

func TestAWrongCommandLineIsRefusedInOneSentence(t *testing.T) {
	for _, args := range [][]string{{"lgout"}, {"why"}, {"why", "a", "b"}, {"status", "a"}, {"why", "a", "--force"}, {"poll", "a", "--link"}, {"why", "a", "--no-wait"}, {"pair", "a", "--no-wait"}, {"status", "--timeout=1m"}} {
		if err := run(args); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%v: %v", args, err)
		}
	}
}

func TestCommandsAndFlagsAreCompleted(t *testing.T) {
	if got, want := candidates([]string{"re"}), []string{"restart", "resume"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	for command, offered := range map[string][]string{
		"status":     {"--all-namespaces"},
		"why":        nil,
		"pair":       {"--link", "--timeout"},
		"restart":    {"--no-wait", "--timeout"},
		"completion": nil,
	} {
		got := candidates([]string{command, "--"})
		for _, flag := range []string{"--all-namespaces", "--link", "--no-wait", "--timeout"} {
			if slices.Contains(got, flag) != slices.Contains(offered, flag) {
				t.Errorf("%s offers %v", command, got)
			}
		}
		if !slices.Contains(got, "--help") || slices.Contains(got, "--namespace") == (command == "completion") {
			t.Errorf("%s offers %v", command, got)
		}
	}
	if got, want := candidates([]string{"pair", "--li"}), []string{"--link"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := candidates([]string{"status", ""}); len(got) != 0 {
		t.Errorf("status takes no name, and got %v", got)
	}
}

func TestPairingThatCannotSucceedIsNotRequested(t *testing.T) {
	for spec, part := range map[string]string{
		`{"desiredState": "Running"}`: "spec.pairing.mode",
		`{"desiredState": "Running", "pairing": {"mode": "QR"}, "suspend": true}`: "resume",
		`{"desiredState": "Stopped", "pairing": {"mode": "QR"}}`:                  "desiredState",
	} {
		err := pairable(parsed(t, `{"spec": `+spec+`}`), options{name: "line"})
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

func TestARequestEndsWithTheReasonAndNeverWellForTheWrongAccount(t *testing.T) {
	for _, c := range []struct {
		status  string
		offered bool
		ended   bool
		says    string
	}{
		{`{"pairingRequest": {"token": "t", "phase": "Offered"}}`, true, false, ""},
		{`{"pairingRequest": {"token": "another", "phase": "Paired"}}`, false, false, ""},
		{`{"pairingRequest": {"token": "t", "phase": "Paired"}}`, true, true, ""},
		{`{"pairingRequest": {"token": "t", "phase": "Expired"}}`, true, true, "nobody scanned"},
		{`{"pairingRequest": {"token": "t", "phase": "Expired"},
			"conditions": [{"type": "Ready", "reason": "PairingRequired", "message": "It may write no Secret."}]}`, false, true, "It may write no Secret."},
		{`{"pairingRequest": {"token": "t", "phase": "Paired"},
			"conditions": [{"type": "Ready", "reason": "AccountMismatch", "message": "Another account."}]}`, true, true, "Another account."},
	} {
		ended, err := outcome(parsed(t, `{"metadata": {"name": "line"}, "status": `+c.status+`}`), "t", c.offered)
		if ended != c.ended || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, %v", c.status, ended, err)
		}
	}
}

func TestACodeIsDarkOnLightWhateverItsBlocksMean(t *testing.T) {
	whiteOnBlack, blackOnWhite := "\x1b[38;5;231;48;5;16m", "\x1b[38;5;16;48;5;231m"
	for text, want := range map[string]string{"████\n█▄▀█\n": whiteOnBlack, "    \n █▄ \n": blackOnWhite, "https://app.example.com/x": ""} {
		if got := colours(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestAKubectlThatDiedOfCtrlCIsNoErrorWithoutWords(t *testing.T) {
	program := filepath.Join(t.TempDir(), "kubectl")
	if err := os.WriteFile(program, []byte("#!/bin/sh\nkill -INT $$\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECTL", program)

	_, err := kubectl{}.run("get", "pods")

	if !errors.Is(err, errInterrupted) {
		t.Errorf("got %v", err)
	}
}
