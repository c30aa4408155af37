# SPDX-License-Identifier: MIT
# Reads a JUnit file that ctest has written. Prints a line for each test: passed, failed
# or skipped, a tab, its seconds, a tab, its name and for a skipped one the reason, the last
# line it printed. Behind a failed one the last lines that it printed follow, at most SHOWN,
# each as "output", 0, and the line, with tabs between.

function plain(text) {
	gsub(/&lt;/, "<", text)
	gsub(/&gt;/, ">", text)
	gsub(/&quot;/, "\"", text)
	gsub(/&apos;/, "'", text)
	gsub(/&amp;/, "\\&", text)
	gsub(/\t/, " ", text)
	return text
}

/^\t<testcase / {
	name = $0
	sub(/^.* name="/, "", name)
	sub(/" classname=.*$/, "", name)
	seconds = $0
	sub(/^.* time="/, "", seconds)
	sub(/".*$/, "", seconds)
	status = $0
	sub(/^.* status="/, "", status)
	sub(/".*$/, "", status)
	kind = status == "run" ? "passed" : status == "disabled" ? "skipped" : "failed"
	reason = ""
	in_output = 0
	printed = 0
}

# What was meant to be skipped. A program that is missing is "notrun" as well, and failed.
/^\t\t<skipped message="SKIP_/ { kind = "skipped" }
/^\t\t<failure/ { kind = "failed" }

/^\t\t<system-out>/ {
	in_output = 1
	sub(/^\t\t<system-out>/, "")
}
in_output {
	line = $0
	ended = sub(/<\/system-out>$/, "", line)
	if (line !~ /^[ \t]*$/) {
		reason = line
		lines[printed++ % SHOWN] = line
	}
	if (ended)
		in_output = 0
}

/^\t<\/testcase>/ {
	print kind "\t" seconds "\t" plain(name) (kind == "skipped" ? ": " plain(reason) : "")
	if (kind != "failed")
		next
	for (i = printed > SHOWN ? printed - SHOWN : 0; i < printed; i++)
		print "output\t0\t" plain(lines[i % SHOWN])
}
