// SPDX-License-Identifier: MIT
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "view.h"

#define ENTER_SCREEN "\033[?1049h\033[?25l\033[?7l"
#define LEAVE_SCREEN "\033[?7h\033[?25h\033[?1049l"
#define FIRST_PLACE  "\033[H"
#define REST_OF_LINE "\033[K"
#define REST_BELOW   "\033[J"

static bool has_begun, has_keys;
static struct termios settings_before;

static bool write_all(const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

void top_terminal_begin(void)
{
	struct termios settings;

	if (has_begun)
		return;
	has_begun = true;
	has_keys = !tcgetattr(STDIN_FILENO, &settings_before);
	if (has_keys) {
		settings = settings_before;
		settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
		settings.c_cc[VMIN] = 0;
		settings.c_cc[VTIME] = 0;
		tcsetattr(STDIN_FILENO, TCSANOW, &settings);
	}
	write_all(ENTER_SCREEN, strlen(ENTER_SCREEN));
}

void top_terminal_end(void)
{
	if (!has_begun)
		return;
	has_begun = false;
	write_all(LEAVE_SCREEN, strlen(LEAVE_SCREEN));
	if (has_keys)
		tcsetattr(STDIN_FILENO, TCSANOW, &settings_before);
}

void top_terminal_size(unsigned int *rows, unsigned int *columns)
{
	struct winsize size = { 0 };

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_row || !size.ws_col)
		size = (struct winsize){ .ws_row = 24, .ws_col = 80 };
	*rows = size.ws_row;
	*columns = size.ws_col;
}

int top_terminal_key(void)
{
	struct pollfd keys = { .fd = STDIN_FILENO, .events = POLLIN };
	unsigned char key;
	ssize_t length;

	if (!has_keys)
		return -1;
	/* Others may read the same terminal: what was there may be gone. */
	if (poll(&keys, 1, 0) <= 0)
		return 0;
	length = read(STDIN_FILENO, &key, 1);
	if (length == 1)
		return key;
	return length < 0 && errno == EINTR ? 0 : -1;
}

/* How a line looks; "" where there is to be no colour. */
static const char *look_of(char style)
{
	const char *no_colour = getenv("NO_COLOR");

	if (style == TOP_STYLE_HEADER)
		return "\033[7m";
	if (no_colour && *no_colour)
		return "";
	switch (style) {
	case TOP_STYLE_CONTENDED:
		return "\033[31m";
	case TOP_STYLE_DIM:
		return "\033[2m";
	default:
		return "";
	}
}

static void add_string(struct tandem_text *text, const char *string)
{
	tandem_text_add(text, string, strlen(string));
}

static void add_screen_line(struct tandem_text *screen, const char *line, size_t length,
			    unsigned int columns)
{
	const char *look = look_of(line[0]);

	length = length - 1 < columns ? length - 1 : columns;
	add_string(screen, look);
	tandem_text_add(screen, line + 1, length);
	if (*look)
		add_string(screen, "\033[0m");
	add_string(screen, REST_OF_LINE);
}

bool top_terminal_show(const struct tandem_text *view, bool plain)
{
	const char *line = tandem_text_string(view), *newline;
	struct tandem_text screen = { 0 };
	unsigned int rows = 0, columns = 0, shown = 0;
	bool written;

	if (!plain) {
		top_terminal_size(&rows, &columns);
		add_string(&screen, FIRST_PLACE);
	}
	for (; (newline = strchr(line, '\n')); line = newline + 1) {
		if (plain) {
			tandem_text_add(&screen, line + 1, (size_t)(newline - line));
			continue;
		}
		if (shown == rows)
			break;
		if (shown++)
			add_string(&screen, "\r\n");
		add_screen_line(&screen, line, (size_t)(newline - line), columns);
	}
	add_string(&screen, plain ? "\n" : REST_BELOW);
	written = write_all(tandem_text_string(&screen), screen.length);
	tandem_text_finish(&screen);
	return written;
}
