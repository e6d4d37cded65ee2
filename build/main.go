// Build counts the code by the house's measure:
//
//	go run ./build style    prints the style table
package main

import (
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 || os.Args[1] != "style" {
		fmt.Fprintln(os.Stderr, "usage: go run ./build style")
		os.Exit(2)
	}
	if err := printStyle(".", os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}
