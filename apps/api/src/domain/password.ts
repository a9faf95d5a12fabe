/**
 * Which passwords are refused although they are long enough (NIST SP 800-63B §5.1.1.2: common, repetitive, sequential
 * and context-specific ones). The words below are the stems from which the most common leaked passwords of ten and more
 * characters are made: a stem with digits or signs around it, twice over, or with letters swapped for look-alikes.
 */
const COMMON_STEMS: ReadonlySet<string> = new Set(
  `abc access admin administrator adminadmin alexander amanda andrew angel anthony arsenal ashley august autumn
   babygirl bailey barcelona baseball basketball batman beautiful blink bubbles buster butterfly caroline changeme
   charlie cheese chelsea chocolate christian christopher computer cookie correcthorsebatterystaple daniel danielle
   december default diamond dragon elizabeth evanescence facebook february flower football forever freedom friends
   garfield george ginger gfhjkm google guest hannah happy heather hello helloworld hockey hunter iloveyou
   iloveu internet jackson january jasmine jennifer jessica jesus jonathan jordan joseph joshua july june justin killer
   letmein linkedin liverpool login london love lovely loveme loveyou madison maggie manchester march marina martin
   master matthew maverick melissa merlin metallica michael michelle microsoft mickey minecraft money monkey morgan
   mustang mynoob mypassword naruto nicholas nicole november number october orange pakistan pass passport password
   passwort patrick peanut pepper phoenix pokemon princess purple qazwsx qazwsxedc qazxsw qwe qweasd qweasdzxc qwer
   qwert qwerty qwertyui qwertyuiop rainbow ranger raspberry rebecca robert root samantha samsung school secret
   september server shadow slipknot snoopy soccer sophie spiderman spring starwars stephanie summer sunday sunflower
   sunshine superman superstar sysadmin system taylor temp temporary test tester testing thomas thunder tigger tinkerbell
   tottenham trustno unknown user username victoria wachtwoord welcome whatever william winner winter zaq zaqwsx zxcvbn
   zxcvbnm qwertz motdepasse contrasena ordinatus`.split(/\s+/),
)

/** Rows that fingers walk along; a password that is a stretch of one, forwards or backwards, is no secret. */
const WALKS = [
  '012345678901234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiopasdfghjklzxcvbnm',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'a1b2c3d4e5f6g7h8i9j0',
  '1a2b3c4d5e6f7g8h9i0j',
  'zaq12wsxcde34rfvbgt56yhn',
] as const

const LOOK_ALIKES: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

/**
 * Why a password cannot be taken, in words that say what to do; null when it can.
 *
 * `personal` is what everyone knows about its owner: email, name, organization. Letter case counts for nothing here. The
 * length is the schema's to judge.
 */
export function passwordProblem(password: string, personal: readonly string[]): string | null {
  const text = password.normalize('NFKC').toLowerCase()
  if (isRepetition(text) || isWalk(text)) return 'Choose a password without a simple pattern'
  if (personal.some((known) => isMadeOf(text, known))) return 'Choose a password that does not contain your own details'
  return stemsOf(text).some((stem) => COMMON_STEMS.has(stem)) ? 'Choose a less common password' : null
}

/** One piece of at most four characters over and over, or fewer than four different characters. */
function isRepetition(text: string): boolean {
  if (new Set(text).size < 4) return true
  return [1, 2, 3, 4].some((length) => text === text.slice(0, length).repeat(text.length).slice(0, text.length))
}

function isWalk(text: string): boolean {
  const half = text.slice(0, text.length / 2)
  const once = text === half + half ? half : text
  const backwards = [...once].reverse().join('')
  return WALKS.some((walk) => walk.includes(once) || walk.includes(backwards))
}

function isMadeOf(text: string, known: string): boolean {
  const whole = known.normalize('NFKC').trim().toLowerCase()
  const parts = [whole, whole.replace(/[^\p{L}\p{N}]+/gu, ''), whole.split('@')[0] ?? '']
  return parts.some((part) => part.length >= 4 && (text === part || lettersOnlyAtEnds(text) === part))
}

/** Without the digits and signs that people put before and after a word. */
function lettersOnlyAtEnds(text: string): string {
  return text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
}

function stemsOf(text: string): string[] {
  const plain = [text, [...text].map((letter) => LOOK_ALIKES[letter] ?? letter).join('')]
  const core = lettersOnlyAtEnds(text)
  const cores = [...plain, core, [...core].map((letter) => LOOK_ALIKES[letter] ?? letter).join('')]
  return cores.flatMap((one) => {
    const bare = one.replace(/[^\p{L}]+/gu, '')
    const trimmed = lettersOnlyAtEnds(one)
    const half = trimmed.slice(0, trimmed.length / 2)
    // Signs between the words of a phrase make it another phrase, so only what is one word is looked up bare.
    return [
      trimmed,
      ...(/[\p{L}][^\p{L}\p{N}]+[\p{L}]/u.test(one) ? [] : [bare]),
      ...(half + half === trimmed ? [half] : []),
    ]
  })
}
