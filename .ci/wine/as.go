// As runs a Windows program with another user's home: as HOME PROGRAM ARGUMENT... Wine sets the home of a program
// that is started from Linux, but not of that program's children.
package main

import (
	"errors"
	"os"
	"os/exec"
)

func main() {
	home := os.Args[1]
	c := exec.Command(os.Args[2], os.Args[3:]...)
	c.Stdin, c.Stdout, c.Stderr = os.Stdin, os.Stdout, os.Stderr
	local := home + `\AppData\Local`
	temp := local + `\Temp`
	_ = os.MkdirAll(temp, 0o700) // if this fails, the program will report it
	c.Env = append(os.Environ(), "USERPROFILE="+home, "LOCALAPPDATA="+local, "TEMP="+temp, "TMP="+temp, "APPDATA="+home+`\AppData\Roaming`,
		"HOME="+home, "XDG_CONFIG_HOME="+local, "XDG_STATE_HOME="+local, "XDG_CACHE_HOME="+local+`\cache`)
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		os.Exit(exit.ExitCode())
	}
	if err != nil {
		os.Stderr.WriteString(err.Error())
		os.Exit(127)
	}
}
