// SPDX-License-Identifier: MIT
/*
 * What a cached program depends on: a record must stop to hold with every change by which
 * the preprocessor would read something else, and with no other.
 */
#include "compiler/dependencies.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check.h"

static char folder[] = "/tmp/tandem-dependencies-XXXXXX";

static void write_file(const char *name, const char *text)
{
	FILE *file = fopen(name, "w");

	check_fatal(file && fputs(text, file) >= 0 && !fclose(file), "%s cannot be written", name);
}

/* A moment behind the last change of any file. */
static struct timespec later(void)
{
	struct timespec now;
	struct stat status;

	write_file("last-change", "");
	check_fatal(!stat("last-change", &status), "stat");
	do
		clock_gettime(CLOCK_REALTIME_COARSE, &now);
	while (now.tv_sec < status.st_ctim.tv_sec ||
	       (now.tv_sec == status.st_ctim.tv_sec && now.tv_nsec <= status.st_ctim.tv_nsec));
	return now;
}

/* Compiles, and takes the record; false where there is none to be had. */
static bool take_record(const char *source, const char *options, struct timespec start,
			struct tandem_text *record)
{
	struct tandem_text bitcode = { 0 }, log = { 0 };
	struct tandem_frontend_reading reading = { 0 };
	struct tandem_build_options parsed;
	const struct tandem_frontend_input input = {
		.source = source, .length = strlen(source), .options = &parsed, .features = ""
	};
	bool taken;

	*record = (struct tandem_text){ 0 };
	check_fatal(!tandem_build_options_parse(&parsed, options, TANDEM_STEP_BUILD, &log) &&
			    !tandem_frontend_compile(&input, &reading, &bitcode, &log),
		    "'%s': %s", source, tandem_text_string(&log));
	taken = tandem_dependencies_record(&input, &reading, &start, record);
	tandem_build_options_finish(&parsed);
	tandem_text_finish(&reading.files);
	tandem_text_finish(&bitcode);
	tandem_text_finish(&log);
	return taken;
}

static bool holds(const struct tandem_text *record)
{
	return tandem_dependencies_hold(record->bytes, record->length);
}

/* ---- what is read ---- */

/* A header that is included in some way; then it changes. */
static void test_contents(void)
{
	static const char *const sources[] = {
		"#include \"a.h\"",
		"#import \"a.h\"",
		"#inc\\\nlude <a.h>",
		"#define NAME <a.h>\n#include NAME",
		"%:include \"a.h\"",
		"#if __INCLUDE_LEVEL__ == 0\n#include \"through.h\"\n#endif",
		"#include \"sp ace.h\"",
		"#include \"do$lar.h\"",
		"#include \"ha#sh.h\"",
		"#include \"sub/../a.h\"",
		"#ifdef NAME_OF_HEADER\n#include NAME_OF_HEADER\n#endif",
	};

	for (size_t i = 0; i < sizeof(sources) / sizeof(sources[0]); i++) {
		struct tandem_text record;

		write_file("inc/a.h", "constant int a = 1;\n");
		check(take_record(sources[i], "-Iinc -DNAME_OF_HEADER=\\\"a.h\\\"", later(),
				  &record),
		      "'%s': no record", sources[i]);
		check(holds(&record), "'%s': nothing has changed", sources[i]);
		write_file("inc/a.h", "constant int a = 2;\n");
		check(!holds(&record), "'%s': the change is not seen", sources[i]);
		write_file("inc/a.h", "constant int a = 1;\n");
		check(holds(&record), "'%s': changed back", sources[i]);
		tandem_text_finish(&record);
	}
}

static void test_end_of_a_file(void)
{
	struct tandem_text record;

	write_file("inc/b.h", "");
	check(take_record("#include <b.h>", "-I inc", later(), &record), "no record");
	check(holds(&record), "nothing has changed");
	check_equal(0, unlink("inc/b.h"));
	check(!holds(&record), "the file is gone");
	check_equal(0, mkfifo("inc/b.h", 0600));
	check(!holds(&record), "a pipe");
	check_equal(0, unlink("inc/b.h"));
	tandem_text_finish(&record);
}

/* ---- what would be read instead ---- */

static void test_other_places(void)
{
	static const struct {
		const char *source, *name;
		bool counts;
	} cases[] = {
		{ "#include <a.h>", "first/a.h", true },
		{ "#include \"a.h\"", "first/a.h", true },
		{ "#include \"a.h\"", "a.h", true },
		{ "#include <a.h>", "first/other.h", false },
		{ "#include <sub/c.h>", "first/sub/c.h", true },
		{ "#include \"sub/c.h\"", "sub/c.h", true },
		/* Found beside the header that includes it, where it was not before. */
		{ "#include <sub/reader.h>", "inc/sub/a.h", true },
		{ "#include <sub/reader.h>", "first/sub/reader.h", true },
		/* The compiler's own header. */
		{ "int x(void);", "opencl-c-base.h", true },
		{ "int x(void);", "a.h", false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tandem_text record;

		check(take_record(cases[i].source, "-I first -I ./inc/ -Ilast", later(), &record),
		      "case %zu: no record", i);
		check(holds(&record), "case %zu: nothing has changed", i);
		write_file(cases[i].name, "constant int a = 3;\n");
		check(!cases[i].counts || !holds(&record), "case %zu: %s is not seen", i,
		      cases[i].name);
		check_equal(0, unlink(cases[i].name));
		check(holds(&record), "case %zu: nothing is left of the change", i);
		tandem_text_finish(&record);
	}
}

/* ---- what cannot be recorded ---- */

static void test_no_record(void)
{
	static const struct {
		const char *source, *options;
	} cases[] = {
		{ "constant char t[] = __TIME__;", "" },
		{ "constant char t[] = NOW;", "-DNOW=__DATE__" },
		{ "constant char t[] = NOW;", "-w -DNOW=__TIMESTAMP__" },
		{ "#include \"time.h\"", "" },
		{ "#define JOIN(a, b) a##b\n#define NOW(x) JOIN(__TI, x)\n"
		  "constant char t[] = NOW(ME__);",
		  "-w" },
		{ "#pragma clang diagnostic ignored \"-Wdate-time\"\nconstant char t[] = __TI\\\nME__;",
		  "" },
		{ "#if __has_include(\"maybe.h\")\n#endif", "" },
		{ "#if MAYBE(\"maybe.h\")\n#endif", "-DMAYBE=__has_include" },
		{ "#include \"asks.h\"", "" },
		/* Clang tells the name with another sign in it. */
		{ "#include \"back\\slash.h\"", "" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char options[128];
		struct tandem_text record;

		snprintf(options, sizeof(options), "-Iinc %s", cases[i].options);
		check(!take_record(cases[i].source, options, later(), &record), "case %zu", i);
		tandem_text_finish(&record);
	}
}

/* A file that changed while the program was compiled may be another than the compiler read. */
static void test_race(void)
{
	struct timespec start = later();
	struct tandem_text record;

	write_file("inc/new.h", "");
	check(!take_record("#include <new.h>", "-Iinc", start, &record), "a changed file");
	tandem_text_finish(&record);
	check(take_record("#include <new.h>", "-Iinc", later(), &record), "an old file");
	tandem_text_finish(&record);
	start = later();
	write_file("first/new.h", "");
	check(!take_record("#include \"inc/new.h\"\n#include <a.h>", "-Iinc -Ifirst", start,
			   &record),
	      "a file in another place");
	tandem_text_finish(&record);
	check_equal(0, unlink("first/new.h") | unlink("inc/new.h"));
}

static void test_damaged_records(void)
{
	struct tandem_text record;
	unsigned int seed = 5;

	check(take_record("#include <a.h>", "-Iinc", later(), &record), "no record");
	for (size_t length = 0; length < record.length; length++)
		check(!tandem_dependencies_hold(record.bytes, length), "%zu bytes", length);
	for (int i = 0; i < 5000; i++) {
		size_t place = (size_t)rand_r(&seed) % record.length;
		char before = record.bytes[place];

		record.bytes[place] = (char)rand_r(&seed);
		holds(&record);
		record.bytes[place] = before;
	}
	check(holds(&record), "the record as it was");
	tandem_text_finish(&record);
}

static const char *const files[][2] = {
	{ "inc/through.h", "#include \"a.h\"\n" },
	{ "inc/sp ace.h", "#include \"a.h\"\n" },
	{ "inc/do$lar.h", "#include \"a.h\"\n" },
	{ "inc/ha#sh.h", "#include \"a.h\"\n" },
	{ "inc/back\\slash.h", "#include \"a.h\"\n" },
	{ "inc/time.h", "constant char t[] = __TIME__;\n" },
	{ "inc/asks.h", "#if __has_include(\"maybe.h\")\n#endif\n" },
	{ "inc/sub/c.h", "" },
	{ "inc/sub/reader.h", "#include \"a.h\"\n" },
	{ "inc/a.h", "" },
};

static const char *const folders[] = { "inc", "inc/sub", "first", "first/sub", "last", "sub" };

int main(void)
{
	if (access(tandem_frontend_clang(), X_OK))
		check_skip("%s is not there", tandem_frontend_clang());
	check_fatal(mkdtemp(folder) && !chdir(folder), "%s", folder);
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		check_fatal(!mkdir(folders[i], 0700), "%s", folders[i]);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		write_file(files[i][0], files[i][1]);
	test_contents();
	test_end_of_a_file();
	test_other_places();
	test_no_record();
	test_race();
	test_damaged_records();
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		unlink(files[i][0]);
	for (size_t i = sizeof(folders) / sizeof(folders[0]); i > 0; i--)
		rmdir(folders[i - 1]);
	check_equal(0, unlink("last-change") | rmdir(folder));
	return check_result();
}
