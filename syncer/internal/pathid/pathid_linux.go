package pathid

// The file systems here compare bytes.
const foldsNames, composesNames = false, false
