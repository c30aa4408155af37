// SPDX-License-Identifier: MIT

#define BYTE(word, number) ((word) >> (number) * 8 & 255)

/* AES-128 of one block of 16 bytes: a round is four look-ups for each word. */
kernel void aes_tables(global const uint4 *blocks, global uint4 *ciphers, global const uint *tables,
		       global const uint *box, global const uint4 *round_keys)
{
	uint4 s = blocks[get_global_id(0)] ^ round_keys[0], t;
	int round;

#define ROUND_WORD(a, b, c, d) \
	(tables[BYTE(a, 0)] ^ tables[256 + BYTE(b, 1)] ^ tables[512 + BYTE(c, 2)] ^ \
	 tables[768 + BYTE(d, 3)])
#define LAST_WORD(a, b, c, d)                                                     \
	(box[BYTE(a, 0)] | box[BYTE(b, 1)] << 8 | box[BYTE(c, 2)] << 16 | \
	 box[BYTE(d, 3)] << 24)
	for (round = 1; round < 10; round++) {
		t.x = ROUND_WORD(s.x, s.y, s.z, s.w);
		t.y = ROUND_WORD(s.y, s.z, s.w, s.x);
		t.z = ROUND_WORD(s.z, s.w, s.x, s.y);
		t.w = ROUND_WORD(s.w, s.x, s.y, s.z);
		s = t ^ round_keys[round];
	}
	t.x = LAST_WORD(s.x, s.y, s.z, s.w);
	t.y = LAST_WORD(s.y, s.z, s.w, s.x);
	t.z = LAST_WORD(s.z, s.w, s.x, s.y);
	t.w = LAST_WORD(s.w, s.x, s.y, s.z);
	ciphers[get_global_id(0)] = t ^ round_keys[10];
}
