package pathid

// NTFS ignores case unless a folder was set otherwise (fsutil setCaseSensitiveInfo).
const foldsNames, composesNames = true, false
