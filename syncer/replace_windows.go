package syncer

// replaceOpen says that a file may be replaced while it is open. Windows refuses that for a file that was
// not opened for sharing its deletion, and os.Open does not.
const replaceOpen = false
