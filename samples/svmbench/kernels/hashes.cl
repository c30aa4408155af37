// SPDX-License-Identifier: MIT

constant uint sha256_round_words[64] = {
	0x428a2f98u, 0x71374491u, 0xb5c0fbcfu, 0xe9b5dba5u, 0x3956c25bu, 0x59f111f1u,
	0x923f82a4u, 0xab1c5ed5u, 0xd807aa98u, 0x12835b01u, 0x243185beu, 0x550c7dc3u,
	0x72be5d74u, 0x80deb1feu, 0x9bdc06a7u, 0xc19bf174u, 0xe49b69c1u, 0xefbe4786u,
	0x0fc19dc6u, 0x240ca1ccu, 0x2de92c6fu, 0x4a7484aau, 0x5cb0a9dcu, 0x76f988dau,
	0x983e5152u, 0xa831c66du, 0xb00327c8u, 0xbf597fc7u, 0xc6e00bf3u, 0xd5a79147u,
	0x06ca6351u, 0x14292967u, 0x27b70a85u, 0x2e1b2138u, 0x4d2c6dfcu, 0x53380d13u,
	0x650a7354u, 0x766a0abbu, 0x81c2c92eu, 0x92722c85u, 0xa2bfe8a1u, 0xa81a664bu,
	0xc24b8b70u, 0xc76c51a3u, 0xd192e819u, 0xd6990624u, 0xf40e3585u, 0x106aa070u,
	0x19a4c116u, 0x1e376c08u, 0x2748774cu, 0x34b0bcb5u, 0x391c0cb3u, 0x4ed8aa4au,
	0x5b9cca4fu, 0x682e6ff3u, 0x748f82eeu, 0x78a5636fu, 0x84c87814u, 0x8cc70208u,
	0x90befffau, 0xa4506cebu, 0xbef9a3f7u, 0xc67178f2u,
};

/* Compresses one block of 16 words that follow from the work-item's number. */
kernel void sha256(global uint8 *digests)
{
	uint w[64], a = 0x6a09e667, b = 0xbb67ae85, c = 0x3c6ef372, d = 0xa54ff53a, e = 0x510e527f,
		    f = 0x9b05688c, g = 0x1f83d9ab, h = 0x5be0cd19, t1, t2;
	int i;

	for (i = 0; i < 16; i++)
		w[i] = (uint)get_global_id(0) * 16 + i;
	for (; i < 64; i++) {
		uint s0 = rotate(w[i - 15], 25u) ^ rotate(w[i - 15], 14u) ^ (w[i - 15] >> 3);
		uint s1 = rotate(w[i - 2], 15u) ^ rotate(w[i - 2], 13u) ^ (w[i - 2] >> 10);

		w[i] = w[i - 16] + s0 + w[i - 7] + s1;
	}
	for (i = 0; i < 64; i++) {
		t1 = h + (rotate(e, 26u) ^ rotate(e, 21u) ^ rotate(e, 7u)) + bitselect(g, f, e) +
		     sha256_round_words[i] + w[i];
		t2 = (rotate(a, 30u) ^ rotate(a, 19u) ^ rotate(a, 10u)) +
		     ((a & b) ^ (a & c) ^ (b & c));
		h = g;
		g = f;
		f = e;
		e = d + t1;
		d = c;
		c = b;
		b = a;
		a = t1 + t2;
	}
	digests[get_global_id(0)] = (uint8)(a, b, c, d, e, f, g, h);
}

/* Candidates differ in the first word, as those of a search for a password do. */
static void candidate(uint number, uint *w)
{
	int i;

	for (i = 0; i < 16; i++)
		w[i] = 0x61626364u * i;
	w[0] = number;
}

#define MD5_STEP(f, a, b, c, d, shift, word, key) \
	a = b + rotate(a + f(b, c, d) + w[word] + key, (uint)shift)
#define MD5_STEPS(f, s0, s1, s2, s3, w0, k0, w1, k1, w2, k2, w3, k3) \
	MD5_STEP(f, a, b, c, d, s0, w0, k0);                         \
	MD5_STEP(f, d, a, b, c, s1, w1, k1);                         \
	MD5_STEP(f, c, d, a, b, s2, w2, k2);                         \
	MD5_STEP(f, b, c, d, a, s3, w3, k3)
#define MD5_F(x, y, z) bitselect(z, y, x)
#define MD5_G(x, y, z) bitselect(y, x, z)
#define MD5_H(x, y, z) ((x) ^ (y) ^ (z))
#define MD5_I(x, y, z) ((y) ^ ((x) | ~(z)))

kernel void md5(global uint4 *digests)
{
	uint w[16], a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476;

	candidate(get_global_id(0), w);
	MD5_STEPS(MD5_F, 7, 12, 17, 22, 0, 0xd76aa478u, 1, 0xe8c7b756u, 2, 0x242070dbu, 3, 0xc1bdceeeu);
	MD5_STEPS(MD5_F, 7, 12, 17, 22, 4, 0xf57c0fafu, 5, 0x4787c62au, 6, 0xa8304613u, 7, 0xfd469501u);
	MD5_STEPS(MD5_F, 7, 12, 17, 22, 8, 0x698098d8u, 9, 0x8b44f7afu, 10, 0xffff5bb1u, 11, 0x895cd7beu);
	MD5_STEPS(MD5_F, 7, 12, 17, 22, 12, 0x6b901122u, 13, 0xfd987193u, 14, 0xa679438eu, 15, 0x49b40821u);
	MD5_STEPS(MD5_G, 5, 9, 14, 20, 1, 0xf61e2562u, 6, 0xc040b340u, 11, 0x265e5a51u, 0, 0xe9b6c7aau);
	MD5_STEPS(MD5_G, 5, 9, 14, 20, 5, 0xd62f105du, 10, 0x02441453u, 15, 0xd8a1e681u, 4, 0xe7d3fbc8u);
	MD5_STEPS(MD5_G, 5, 9, 14, 20, 9, 0x21e1cde6u, 14, 0xc33707d6u, 3, 0xf4d50d87u, 8, 0x455a14edu);
	MD5_STEPS(MD5_G, 5, 9, 14, 20, 13, 0xa9e3e905u, 2, 0xfcefa3f8u, 7, 0x676f02d9u, 12, 0x8d2a4c8au);
	MD5_STEPS(MD5_H, 4, 11, 16, 23, 5, 0xfffa3942u, 8, 0x8771f681u, 11, 0x6d9d6122u, 14, 0xfde5380cu);
	MD5_STEPS(MD5_H, 4, 11, 16, 23, 1, 0xa4beea44u, 4, 0x4bdecfa9u, 7, 0xf6bb4b60u, 10, 0xbebfbc70u);
	MD5_STEPS(MD5_H, 4, 11, 16, 23, 13, 0x289b7ec6u, 0, 0xeaa127fau, 3, 0xd4ef3085u, 6, 0x04881d05u);
	MD5_STEPS(MD5_H, 4, 11, 16, 23, 9, 0xd9d4d039u, 12, 0xe6db99e5u, 15, 0x1fa27cf8u, 2, 0xc4ac5665u);
	MD5_STEPS(MD5_I, 6, 10, 15, 21, 0, 0xf4292244u, 7, 0x432aff97u, 14, 0xab9423a7u, 5, 0xfc93a039u);
	MD5_STEPS(MD5_I, 6, 10, 15, 21, 12, 0x655b59c3u, 3, 0x8f0ccc92u, 10, 0xffeff47du, 1, 0x85845dd1u);
	MD5_STEPS(MD5_I, 6, 10, 15, 21, 8, 0x6fa87e4fu, 15, 0xfe2ce6e0u, 6, 0xa3014314u, 13, 0x4e0811a1u);
	MD5_STEPS(MD5_I, 6, 10, 15, 21, 4, 0xf7537e82u, 11, 0xbd3af235u, 2, 0x2ad7d2bbu, 9, 0xeb86d391u);
	digests[get_global_id(0)] = (uint4)(a, b, c, d);
}

/* All 80 rounds; of the message's words the last 16 are kept. */
kernel void sha1(global uint *digests)
{
	uint w[16], a = 0x67452301, b = 0xefcdab89, c = 0x98badcfe, d = 0x10325476, e = 0xc3d2e1f0;
	uint mixed, key, next;
	int i;

	candidate(get_global_id(0), w);
#pragma unroll
	for (i = 0; i < 80; i++) {
		if (i >= 16)
			w[i % 16] = rotate(w[(i + 13) % 16] ^ w[(i + 8) % 16] ^ w[(i + 2) % 16] ^
						   w[i % 16],
					   1u);
		mixed = i < 20 ? bitselect(d, c, b) :
			i < 40 ? b ^ c ^ d :
			i < 60 ? ((b & c) | (b & d) | (c & d)) :
				 b ^ c ^ d;
		key = i < 20 ? 0x5a827999 : i < 40 ? 0x6ed9eba1 : i < 60 ? 0x8f1bbcdc : 0xca62c1d6;
		next = rotate(a, 5u) + mixed + e + key + w[i % 16];
		e = d;
		d = c;
		c = rotate(b, 30u);
		b = a;
		a = next;
	}
	digests += get_global_id(0) * 5;
	digests[0] = a;
	digests[1] = b;
	digests[2] = c;
	digests[3] = d;
	digests[4] = e;
}
