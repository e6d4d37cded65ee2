package pathid

// APFS and HFS+ ignore case and composition unless they were formatted otherwise.
const foldsNames, composesNames = true, true
