// Package view is what the commands list and status show of a snapshot: values that programs read as JSON, and the
// tables and lines for people that are made of them. So both say the same.
//
// It decides nothing, knows no command line, and writes only where it is told to. The tables and lines may change; the
// JSON keeps its members. Titles and names come cleaned in a snapshot, and are not cleaned again.
package view
