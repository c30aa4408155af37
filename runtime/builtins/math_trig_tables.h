// SPDX-License-Identifier: MIT
/* Constants for math_trig.h. */
#ifndef TANDEM_MATH_TRIG_TABLES_H
#define TANDEM_MATH_TRIG_TABLES_H

/* With z = r^2 and |r| <= pi / 4: (sin(r) / r - 1) / z and (cos(r) - 1 + z / 2) / z^2,
 * for errors of 2^-30 and 2^-29; then for doubles, of 2^-55 and 2^-59. */
static __constant float sin_table_float[] = {
	-0x1.555556p-3f,
	0x1.111192p-7f,
	-0x1.a079c2p-13f,
	0x1.845716p-19f,
};
static __constant float cos_table_float[] = {
	0x1.555554p-5f,
	-0x1.6c1266p-10f,
	0x1.9ba44ep-16f,
};
static __constant double sin_table_double[] = {
	-0x1.5555555555554p-3, 0x1.11111111109b5p-7,   -0x1.a01a019e20af5p-13,
	0x1.71de372351096p-19, -0x1.ae5f9b7188ca8p-26, 0x1.5de51aa367213p-33,
};
static __constant double cos_table_double[] = {
	0x1.5555555555555p-5,	-0x1.6c16c16c1686ap-10, 0x1.a01a019f1d981p-16,
	-0x1.27e4f9deb10efp-22, 0x1.1eeb3188eb958p-29,	-0x1.9057e5364cf13p-37,
};

/* Numbers from least on are scaled; high + low is what the inverse of scale is
 * modulo 2 * pi. */
struct angle_row_float {
	float least;
	float scale;
	double high;
	double low;
};

static __constant struct angle_row_float angle_rows_float[] = {
	{ 0x1p+45f, 0x1p-22f, 0x1.58e8ec12c0aa8p+0, 0x1.95c955afd3e7bp-54 },
	{ 0x1p+67f, 0x1p-44f, 0x1.9a6f58862bf99p-2, 0x1.7e60254ee49ebp-56 },
	{ 0x1p+89f, 0x1p-66f, -0x1.82ac8377ff216p-4, 0x1.17955574142a1p-59 },
	{ 0x1p+111f, 0x1p-88f, -0x1.214a9b91233b2p-2, 0x1.45f5262caae07p-57 },
};

/* 2^(16 * k) * 2 / pi for k = 0, 1, 2..., as sums of four numbers; except for k = 0
 * less the nearest multiple of 4. */
static __constant double angle_table[] = {
	0x1.45f306dc9c883p-1,	 -0x1.6b01ec5417056p-55,  -0x1.6447e493ad4cep-109,
	0x1.e21c820ff28b2p-163,	 0x1.836e4e44152a0p+0,	  -0x1.ec54170565912p-55,
	0x1.b6c52b3278872p-113,	 0x1.07f9458eaf7afp-170,  -0x1.b1bbead603d8bp+0,
	0x1.f47d4d377036ep-54,	 -0x1.d6a66c3bc6fbep-108, -0x1.ae9c5421443aap-168,
	0x1.529fc2757d1f5p-4,	 0x1.a6ee06db14acdp-59,	  -0x1.8778df7c035d4p-113,
	0x1.d5ef5de2b0db9p-167,	 0x1.fc2757d1f534ep+0,	  -0x1.1f924eb53361ep-55,
	0x1.c820ff28b1d5fp-111,	 -0x1.443a9e48db91cp-168, -0x1.505c1596447e5p-1,
	0x1.b14acc9e21c82p-55,	 0x1.fe5163abdebbcp-112,  0x1.586dc91b8e909p-166,
	0x1.f534ddc0db629p+0,	 0x1.664f10e4107f9p-54,	  0x1.163abdebbc562p-108,
	-0x1.236e4716f6c8bp-162, 0x1.bb81b6c52b328p-1,	  -0x1.de37df00d74e3p-55,
	0x1.7bd778ac36e49p-109,	 -0x1.1c5bdb22d1ffap-164, 0x1.b6c52b3278872p-1,
	0x1.07f9458eaf7afp-58,	 -0x1.d4f246dc8e2dfp-115, 0x1.374b801924bbbp-170,
	-0x1.6a66c3bc6fbe0p+0,	 -0x1.ae9c5421443aap-56,  0x1.b7246e3a424ddp-112,
	0x1.700324977504fp-167,	 0x1.3c439041fe516p+0,	  0x1.d5ef5de2b0db9p-55,
	0x1.1b8e909374b80p-110,	 0x1.924bba8274648p-166,  -0x1.bef806ba71508p-2,
	-0x1.443a9e48db91cp-56,	 -0x1.6f6c8b47fe6dbp-110, -0x1.115f62e6de302p-164,
	0x1.fe5163abdebbcp+0,	 0x1.586dc91b8e909p-54,	  0x1.ba5c00c925dd4p-109,
	0x1.3a32439fc3bd6p-165,	 0x1.63abdebbc561bp+0,	  0x1.c91b8e909374cp-54,
	-0x1.ff9b6d115f62ep-108, -0x1.b78c0788538d4p-162, -0x1.0a21d4f246dc9p-3,
	0x1.d2126e9700325p-59,	 -0x1.a22bec5cdbc60p-113, -0x1.e214e34ed658cp-168,
	-0x1.d4f246dc8e2dfp-3,	 0x1.374b801924bbbp-58,	  -0x1.f62e6de301e21p-112,
	-0x1.38d3b5963045ep-166, 0x1.b7246e3a424ddp+0,	  0x1.700324977504fp-55,
	-0x1.cdbc603c429c7p-109, 0x1.894d39f74411bp-163,  0x1.b8e909374b802p-2,
	-0x1.b6d115f62e6dep-56,	 -0x1.80f10a71a76b3p-111, 0x1.cfba208d7d4bbp-166,
	-0x1.bdb22d1ff9b6dp+0,	 -0x1.15f62e6de301ep-56,  -0x1.0a71a76b2c609p-111,
	0x1.1046bea5d7689p-165,	 0x1.d2e006492eea1p+0,	  -0x1.8b9b78c078854p-54,
	0x1.cb129a73ee882p-108,	 0x1.afa975da24275p-163,  0x1.924bba8274648p-6,
	0x1.cfe1deb1cb12ap-60,	 -0x1.63045df7282b4p-114, -0x1.44bb7b16638fep-168,
	0x1.2eea09d1921d0p+0,	 -0x1.e214e34ed658cp-56,  -0x1.177dca0ad144cp-112,
	0x1.213a671c09ad1p-166,	 -0x1.f62e6de301e21p+0,	  -0x1.38d3b5963045ep-54,
	0x1.1afa975da2427p-111,	 0x1.338e04d68befdp-165,  0x1.921cfe1deb1cbp+0,
	0x1.29a73ee88235fp-56,	 0x1.4baed1213a672p-110,  -0x1.fb29741037d8dp-165,
	0x1.fc3bd63962535p-1,	 -0x1.822efb9415a29p-57,  0x1.a24274ce38136p-111,
	-0x1.741037d8cdc54p-165, 0x1.eb1cb129a73efp+0,	  -0x1.df7282b4512eep-54,
	0x1.3a671c09ad17ep-110,	 -0x1.bec66e29c67cbp-168, 0x1.62534e7dd1047p-1,
	-0x1.0568a25dbd8b3p-55,	 -0x1.c7eca5d040df6p-111, -0x1.9b8a719f2b318p-166,
	0x1.a73ee88235f53p+0,	 -0x1.44bb7b16638fep-56,  0x1.ad17df904e647p-110,
	0x1.639835339f49dp-164,	 -0x1.177dca0ad144cp+0,	  0x1.213a671c09ad1p-54,
	0x1.f7e413991d63ap-108,	 -0x1.f2b3182d8dee8p-162, -0x1.ca0ad144bb7b1p+0,
	-0x1.98e3f652e8207p-54,	 0x1.3991d63983534p-112,  -0x1.82d8dee81d108p-166,
	0x1.2ebb4484e99c7p+0,	 0x1.35a2fbf209cc9p-59,	  -0x1.4e33e566305b2p-115,
	0x1.08bf177bf2507p-169,	 -0x1.76f62cc71fb29p-1,	  -0x1.d040df633714ep-55,
	-0x1.9f2b3182d8defp-110, 0x1.f8bbdf9283b20p-164,  0x1.d338e04d68bf0p-1,
	-0x1.bec66e29c67cbp-56,	 0x1.9cfa4e422fc5ep-111,  -0x1.036be27003b40p-167,
	0x1.c09ad17df904ep-2,	 0x1.91d639835339fp-56,	  0x1.272117e2ef7e5p-110,
	-0x1.7c4e007680022p-164, -0x1.4ba081bec66e3p+0,	  0x1.8e60d4ce7d272p-54,
	0x1.17e2ef7e4a0ecp-110,	 0x1.ff897ffde0598p-164,  -0x1.037d8cdc538d0p-1,
	0x1.a99cfa4e422fcp-55,	 0x1.77bf250763ff1p-109,  0x1.7ffde05980fefp-164,
	0x1.3991d63983534p+0,	 -0x1.82d8dee81d108p-54,  -0x1.b5f13801da001p-110,
	0x1.e05980fef2f12p-164,	 0x1.d639835339f4ap+0,	  -0x1.bdd03a21036bep-55,
	-0x1.3801da00087eap-110, 0x1.80fef2f118b5ap-164,  0x1.835339f49c846p+0,
	-0x1.d1081b5f13802p-58,	 0x1.2fffbc0b301fep-113,  -0x1.a1dce94beb25cp-169,
	-0x1.8c16c6f740e88p-1,	 -0x1.036be27003b40p-55,  -0x1.0fd33f8086877p-115,
	-0x1.d297d64b824b2p-170, 0x1.3908bf177bf25p-1,	  0x1.d8ffc4bffef03p-59,
	-0x1.9fc04343b9d29p-114, -0x1.f592e092c9813p-168, 0x1.7e2ef7e4a0ec8p-2,
	-0x1.da00087e99fc0p-62,	 -0x1.0d0ee74a5f593p-116, 0x1.f6d367ecf27cbp-172,
	-0x1.081b5f13801dap-2,	 -0x1.0fd33f8086877p-67,  -0x1.d297d64b824b2p-122,
	-0x1.8130d834f648bp-176, 0x1.283b1ff897ffep+0,	  -0x1.fa67f010d0ee7p-56,
	-0x1.297d64b824b26p-110, -0x1.30d834f648b0cp-168, -0x1.c00ed00043f4dp-1,
	0x1.fde5e2316b415p-61,	 -0x1.2e092c98130d8p-116, -0x1.a7b24585ce04dp-171,
	0x1.2fffbc0b301fep-1,	 -0x1.a1dce94beb25cp-57,  -0x1.25930261b069fp-113,
	0x1.b74f463f669e6p-168,	 -0x1.0fd33f8086877p-3,	  -0x1.d297d64b824b2p-58,
	-0x1.8130d834f648bp-112, -0x1.738132c3402bap-169, 0x1.980fef2f118b6p+0,
	-0x1.7d64b824b2605p-54,	 0x1.e4f96136e9e8cp-109,  0x1.fb34f2ff516bbp-163,
	-0x1.0d0ee74a5f593p-4,	 0x1.f6d367ecf27cbp-60,	  0x1.36e9e8c7ecd3dp-117,
	-0x1.00ae9456c229cp-171, -0x1.dce94beb25c12p-1,	  -0x1.64c0986c1a7b2p-55,
	-0x1.161738132c340p-109, -0x1.5d28ad8453814p-164, -0x1.4beb25c125930p-1,
	-0x1.30d834f648b0cp-56,	 0x1.8fd9a797fa8b6p-110,  -0x1.5b08a7028341dp-165,
	-0x1.92e092c98130ep+0,	 0x1.f2c26dd3d18fep-54,	  -0x1.961a015d28ad8p-108,
	-0x1.14e050683a131p-162, -0x1.25930261b069fp-1,	  0x1.b74f463f669e6p-56,
	-0x1.5d28ad8453814p-116, -0x1.a0e84c2f8c608p-172, -0x1.8130d834f648bp+0,
	-0x1.738132c3402bap-57,	 -0x1.456c229c0a0d0p-111, -0x1.d0985f18c10ebp-165,
	-0x1.b069ec9161738p-1,	 -0x1.32c3402ba515bp-57,  -0x1.14e050683a131p-114,
	0x1.0739f78a5292fp-168,	 -0x1.ec9161738132cp-1,	  -0x1.a015d28ad8454p-56,
	0x1.faf97c5ecf41dp-110,	 -0x1.821d6b5b45650p-166, -0x1.61738132c3403p-1,
	0x1.16ba93dd63f5fp-55,	 0x1.7c5ecf41ce7dep-110,  0x1.4a525d4d7f6bfp-165,
	-0x1.c09961a015d29p+0,	 0x1.49eeb1faf97c6p-54,	  -0x1.30be31821d6b6p-110,
	0x1.2ea6bfb5fb120p-164,	 -0x1.61a015d28ad84p+0,	  -0x1.4e050683a130cp-54,
	0x1.ce7de294a4baap-110,	 -0x1.404a04ee072a3p-164, -0x1.5d28ad8453814p-4,
	-0x1.a0e84c2f8c608p-60,	 -0x1.d6b5b45650128p-114, -0x1.3b81ca8bdea7fp-170,
	0x1.7527bac7ebe5fp+0,	 0x1.7b3d0739f78a5p-56,	  0x1.497535fdafd89p-111,
	-0x1.ca8bdea7f33eep-170,
};

HELPER double angle_part_0(long row)
{
	return angle_table[4 * row];
}

HELPER double angle_part_1(long row)
{
	return angle_table[4 * row + 1];
}

HELPER double angle_part_2(long row)
{
	return angle_table[4 * row + 2];
}

HELPER double angle_part_3(long row)
{
	return angle_table[4 * row + 3];
}

#endif
