// SPDX-License-Identifier: MIT
/*
 * The shapes, for CPU and device: this text is compiled as C and as OpenCL C. Whoever
 * includes it defines
 *	SHAPE(name)		a function's head, with the parameters
 *				part, x, y, payload and result
 *	STORE(word, value), LOAD(word), ADD(word, value)	atomic, of the order under test
 *	PLAIN_STORE(place, value), PLAIN_LOAD(place)		not atomic
 *	FENCE()			between two operations of a participant
 * Participant number part notes what it read in result[]. What must not be seen is said
 * by the table in litmus.c.
 */

/* Message passing. */
SHAPE(mp)
{
	if (part == 0) {
		STORE(x, 1);
		FENCE();
		STORE(y, 1);
	} else {
		result[0] = LOAD(y);
		FENCE();
		result[1] = LOAD(x);
	}
}

/* Message passing where the message is not atomic. */
SHAPE(mp_plain)
{
	if (part == 0) {
		PLAIN_STORE(payload, 1);
		FENCE();
		STORE(y, 1);
	} else {
		result[0] = LOAD(y);
		FENCE();
		result[1] = result[0] ? PLAIN_LOAD(payload) : 1;
	}
}

/* Message passing through a read-modify-write of a third participant. */
SHAPE(release_sequence)
{
	if (part == 0) {
		STORE(x, 1);
		STORE(y, 4);
	} else if (part == 1) {
		ADD(y, 1);
	} else {
		result[0] = LOAD(y);
		result[1] = LOAD(x);
	}
}

/* Store buffering. */
SHAPE(sb)
{
	if (part == 0) {
		STORE(x, 1);
		FENCE();
		result[0] = LOAD(y);
	} else {
		STORE(y, 1);
		FENCE();
		result[1] = LOAD(x);
	}
}

/* Load buffering. */
SHAPE(lb)
{
	if (part == 0) {
		result[0] = LOAD(x);
		FENCE();
		STORE(y, 1);
	} else {
		result[1] = LOAD(y);
		FENCE();
		STORE(x, 1);
	}
}

/* Independent reads of independent writes. */
SHAPE(iriw)
{
	if (part == 0) {
		STORE(x, 1);
	} else if (part == 1) {
		STORE(y, 1);
	} else if (part == 2) {
		result[0] = LOAD(x);
		result[1] = LOAD(y);
	} else {
		result[2] = LOAD(y);
		result[3] = LOAD(x);
	}
}

/* Write to read causality. */
SHAPE(wrc)
{
	if (part == 0) {
		STORE(x, 1);
	} else if (part == 1) {
		result[0] = LOAD(x);
		STORE(y, 1);
	} else {
		result[1] = LOAD(y);
		result[2] = LOAD(x);
	}
}

SHAPE(s)
{
	if (part == 0) {
		STORE(x, 2);
		STORE(y, 1);
	} else {
		result[0] = LOAD(y);
		STORE(x, 1);
	}
}

SHAPE(r)
{
	if (part == 0) {
		STORE(x, 1);
		STORE(y, 1);
	} else {
		STORE(y, 2);
		result[0] = LOAD(x);
	}
}

/* Two writes each. */
SHAPE(two_writes)
{
	if (part == 0) {
		STORE(x, 1);
		STORE(y, 2);
	} else {
		STORE(y, 1);
		STORE(x, 2);
	}
}

/* Coherence: a word's values come in one order for everybody. */
SHAPE(corr)
{
	if (part == 0) {
		STORE(x, 1);
		STORE(x, 2);
	} else {
		result[0] = LOAD(x);
		result[1] = LOAD(x);
	}
}

SHAPE(cowr)
{
	if (part == 0) {
		STORE(x, 1);
		result[0] = LOAD(x);
		result[1] = LOAD(x);
	} else {
		STORE(x, 2);
	}
}

SHAPE(corw)
{
	if (part == 0) {
		result[0] = LOAD(x);
		STORE(x, 1);
	} else {
		STORE(x, 2);
	}
}

SHAPE(corr2)
{
	if (part == 0) {
		STORE(x, 1);
	} else if (part == 1) {
		STORE(x, 2);
	} else if (part == 2) {
		result[0] = LOAD(x);
		result[1] = LOAD(x);
	} else {
		result[2] = LOAD(x);
		result[3] = LOAD(x);
	}
}

/* Two read-modify-writes never see the same. */
SHAPE(rmw)
{
	if (part == 0)
		result[0] = ADD(x, 1);
	else
		result[1] = ADD(x, 1);
}

/* A store between the halves of a read-modify-write would be lost. */
SHAPE(rmw_store)
{
	if (part == 0)
		result[0] = ADD(x, 1);
	else
		STORE(x, 4);
}
