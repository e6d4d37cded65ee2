// Package program tests the whole program: on a desktop with a panel and a notification service, at login, when
// idle, and when many commands run at once. The tests build the program and run it as a child. The package has
// nothing to import.
package program
