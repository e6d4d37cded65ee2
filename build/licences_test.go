package main

import (
	"os"
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

func TestLicencesAreToldApart(t *testing.T) {
	const bsd = "Redistribution and use in source and\nbinary forms, with or without modification, are permitted"
	for text, want := range map[string]string{
		"Permission is hereby granted, free of charge, to any person obtaining a copy of": "MIT",
		bsd: "BSD-2-Clause",
		bsd + ". The name may not be used to endorse or promote products derived":                                                               "BSD-3-Clause",
		"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted.":               "0BSD",
		"Permission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that": "ISC",
		"Apache License\n   Version 2.0, January 2004":                                                                                          "Apache-2.0",
		"GNU GENERAL PUBLIC LICENSE": "",
	} {
		got := ""
		for _, l := range licencesIn(text) {
			got += l
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
