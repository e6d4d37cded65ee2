package main

import (
	"os"
	"strings"
	"testing"
)

func TestLicencesAreListed(t *testing.T) {
	all, err := modules(t.Context(), "..")
	if err != nil {
		t.Fatal(err)
	}
	listed, err := os.ReadFile("LICENSES")
	if err != nil {
		t.Fatal(err)
	}
	if want := licenceList(all); string(listed) != want {
		t.Errorf("build/LICENSES is not what go.mod makes of it; go run ./build licences writes it:\n%s", want)
	}
	for _, m := range all {
		for _, l := range m.licences {
			if len(m.in) > 0 && l == "MPL-2.0" {
				t.Errorf("%s is part of the program under %s, whose terms nobody here has weighed", m.path, l)
			}
		}
	}
}

func TestAddedTermsAreNotPassedOver(t *testing.T) {
	ours, err := os.ReadFile("../LICENSE")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, text, want string
	}{
		{"a licence", string(ours), "MIT"},
		{"a licence twice", string(ours) + string(ours), "MIT"},
		{"with terms added", string(ours) + strings.Repeat("The software may not be sold, nor used on a Thursday. ", 10), ""},
		{"terms of its own", "Ask me first.", ""},
		{"nothing", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := licencesIn([]byte(c.text))
			if strings.Join(got, " ") != c.want || (err == nil) != (c.want != "") {
				t.Errorf("got %q and %v, want %q", got, err, c.want)
			}
		})
	}
}
