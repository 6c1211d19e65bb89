package diag

const (
	// seedLength is the length of a seed's text: two bytes of type, 32 of seed and
	// two of checksum in base32 (nkeys' EncodeSeed).
	seedLength = 58
	// cutSeedLength is the least length at which such a text still has the whole
	// seed: the checksum is cut off.
	cutSeedLength = 55
)

// FindSeed looks for a private seed by its shape: S, a type and 56 more base32
// characters, whether or not its checksum is right, or there at all. It returns
// the offset of the first and the length of what has to go with it, the rest of
// the run of base32 characters; 0 where there is none.
//
// A run of a seed's length needs only its first two characters. In a longer
// one, where S and a type stand by chance, the two characters after them must be
// a seed's too, and what is cut short must stand alone besides: a public key
// has 56 characters.
func FindSeed[T string | []byte](text T) (offset, length int) {
	for begin := 0; begin+cutSeedLength <= len(text); {
		// Where a run that is long enough begins, as many of its characters follow;
		// after the last that is none it may begin yet.
		end := begin + cutSeedLength
		next := end
		for next > begin && InSeed(text[next-1]) {
			next--
		}
		if next > begin {
			begin = next
			continue
		}
		for end < len(text) && InSeed(text[end]) {
			end++
		}
		for at := begin; at+cutSeedLength <= end; at++ {
			alone, whole := at == begin, at+seedLength <= end
			if !(whole || alone) {
				break
			}
			if isSeedStart(text[at], text[at+1]) && (alone && end-at == seedLength || isFirstHalf(text[at+2], text[at+3])) {
				return at, end - at
			}
		}
		begin = end
	}
	return 0, 0
}

// isSeedStart knows the types of nkeys: operator, account, user, server (N),
// cluster, curve (X).
func isSeedStart(s, kind byte) bool {
	return s == 'S' && (kind == 'O' || kind == 'A' || kind == 'U' || kind == 'N' || kind == 'C' || kind == 'X')
}

// isFirstHalf knows how every seed goes on: the type's last three bits are 0, so
// that the third character is A and the fourth one of the alphabet's first half.
func isFirstHalf(third, fourth byte) bool { return third == 'A' && 'A' <= fourth && fourth <= 'P' }

// InSeed reports whether a seed's text can have a character: base32's are.
func InSeed(c byte) bool { return 'A' <= c && c <= 'Z' || '2' <= c && c <= '7' }
