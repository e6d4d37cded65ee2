// Package claude is the only code that knows Claude Code's own folders: which directory belongs to a
// working directory, which transcripts lie in it, what a transcript calls itself, which sessions are
// open at this moment, and how long Claude Code keeps them.
//
// It only reads. What it knows was measured on Claude Code 2.1.330 (and 2.1.197) and is not documented
// by its makers, so everything is read tolerantly: a member of another type, a torn row or a broken file
// is passed over, never an error, unless the answer would be unsafe without it.
//
// A store looks like this, below CLAUDE_CONFIG_DIR or ~/.claude:
//
//	projects/<slug of the working directory>/<session id>.jsonl   transcripts, rows appended
//	sessions/<pid>.json                                           who has which session open
//	settings.json                                                 cleanupPeriodDays
//
// It does not promise that a session which it reports as not open stays so for another instant (there is
// no lock to take), that a recorded working directory exists or is harmless (it is text from a file that
// may come from another machine), or that a title is true. It never decodes a slug, which loses too
// much to be decoded, and never opens the secrets beside the live registry.
package claude
