package project

import "os/exec"

func hideWindow(*exec.Cmd) {}

// The file systems here compare bytes.
const foldsNames, composesNames = false, false
