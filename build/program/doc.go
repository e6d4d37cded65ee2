// Package program holds stories of the whole program: what it does on a desktop with a panel and a notification
// service, at login, when it idles, and when many work at once. Its tests build the program and run it as a
// child; there is nothing in it to import.
package program
