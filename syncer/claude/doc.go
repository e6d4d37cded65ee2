// Package claude is the only code that knows Claude Code's own folders: which directory belongs to a working
// directory, which transcripts lie in it, which sessions are open at this moment, and how long Claude Code keeps
// them.
//
// It is the only reader and the only writer there: File is an open transcript, and Store.Replace replaces it after a
// last check. The facts about Claude Code were measured on versions 2.1.330 and 2.1.197; its makers do not document
// them. So everything is read tolerantly: a member of another type, a torn row or a broken file is passed over and
// is an error only if the answer would be unsafe without it.
//
// A store looks like this, below CLAUDE_CONFIG_DIR or ~/.claude:
//
//	projects/<slug of the working directory>/<session id>.jsonl   transcripts, rows appended
//	sessions/<pid>.json                                           which process has which session open
//	settings.json                                                 cleanupPeriodDays
//
// It does not promise that a session which it reports as not open stays so for another instant (there is no lock to
// take), or that a recorded working directory exists or is harmless (it is text from a file that may come from
// another machine). It never decodes a slug, because a slug loses too much, and never opens the secrets beside the
// live registry.
package claude
