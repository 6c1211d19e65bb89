package keys

import (
	"crypto/rand"
	"crypto/sha512"
	"math/big"
	"slices"
)

// An Ed25519 that draws its nonces, as some hardware does: its signatures
// verify, and no two are the same. Affine arithmetic on the curve of RFC 8032.

func number(text string) *big.Int {
	n, ok := new(big.Int).SetString(text, 0)
	if !ok {
		panic(text)
	}
	return n
}

var (
	prime = new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 255), big.NewInt(19))
	order = number("0x1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed")
	curve = field(new(big.Int).Mul(big.NewInt(-121665), new(big.Int).ModInverse(big.NewInt(121666), prime)))
	base  = point{
		number("0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51a"),
		number("0x6666666666666666666666666666666666666666666666666666666666666658"),
	}
)

type point struct{ x, y *big.Int }

func field(n *big.Int) *big.Int { return new(big.Int).Mod(n, prime) }

func times(a, b *big.Int) *big.Int { return field(new(big.Int).Mul(a, b)) }

func (p point) add(q point) point {
	one := big.NewInt(1)
	k := times(curve, times(times(p.x, q.x), times(p.y, q.y)))
	x := new(big.Int).Add(times(p.x, q.y), times(q.x, p.y))
	y := new(big.Int).Add(times(p.y, q.y), times(p.x, q.x))
	return point{
		times(x, new(big.Int).ModInverse(field(new(big.Int).Add(one, k)), prime)),
		times(y, new(big.Int).ModInverse(field(new(big.Int).Sub(one, k)), prime)),
	}
}

func (p point) scale(n *big.Int) point {
	sum := point{big.NewInt(0), big.NewInt(1)}
	for i := n.BitLen() - 1; i >= 0; i-- {
		sum = sum.add(sum)
		if n.Bit(i) == 1 {
			sum = sum.add(p)
		}
	}
	return sum
}

func (p point) encode() []byte {
	out := little(p.y)
	out[31] |= byte(p.x.Bit(0)) << 7
	return out
}

func little(n *big.Int) []byte {
	out := n.FillBytes(make([]byte, 32))
	slices.Reverse(out)
	return out
}

func fromLittle(b []byte) *big.Int {
	b = slices.Clone(b)
	slices.Reverse(b)
	return new(big.Int).SetBytes(b)
}

// signWithNonce signs with a private key (32 bytes of seed, 32 of public key)
// and a random nonce.
func signWithNonce(private, data []byte) []byte {
	digest := sha512.Sum512(private[:32])
	digest[0] &= 248
	digest[31] = digest[31]&127 | 64
	nonce, err := rand.Int(rand.Reader, order)
	if err != nil {
		panic(err)
	}
	r := base.scale(nonce).encode()
	challenge := sha512.Sum512(slices.Concat(r, private[32:], data))
	s := new(big.Int).Mul(fromLittle(challenge[:]), fromLittle(digest[:32]))
	s.Add(s, nonce).Mod(s, order)
	return append(r, little(s)...)
}
