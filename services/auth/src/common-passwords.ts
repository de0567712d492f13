/**
 * Words and passwords that every list of leaked passwords begins with, lower case, letters only or as they are typed. Most are
 * shorter than a password may be: people make them long enough with digits and signs, which `newPasswordFault` looks through.
 */
export const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  `access administrator admin adminadmin adminpassword administration amanda andrea andrew angel angels anthony apple ashley asshole
  austin badboy bailey banana barcelona baseball basketball batman beautiful benfica bitcoin blink booboo boomer boston brandon
  butterfly buster california calvin camaro carolina changeit changeme changemenow changethis charles charlie cheese chelsea
  chicago chocolate christmas christopher computer cookie corvette cowboy cowboys dallas daniel database default defaultpassword
  diamond dolphin dragon eagles elephant elizabeth everton facebook ferrari flower football forever freedom fuckyou fuckoff garfield
  george ginger google guest hannah harley hello hellohello helloworld hockey hunter iceman iloveyou iloveyousomuch internet
  jackson jasmine jennifer jessica jordan joshua juventus killer knight ladies lakers letmein letmeinnow letmeinplease linux liverpool
  login london lovely loveyou maggie manager manchester marina marlboro martin master masterkey matrix matthew maverick merlin
  mercedes michael michelle midnight minecraft monitor monitoring monkey monster mother mustang mylove mypassword naruto nathan
  nicole nothing newpassword newyork notebook nopassword october operator orange packers pass passpass password passwd passphrase
  passw passwort passwordpassword patrick peanut pepper perfwatch phoenix player please pokemon porsche postgres postgresql princess
  private purple qazwsx qazwsxedc qazwsxedcrfv qweasdzxc qwerty qwertyqwerty qwertyuiop rachel rainbow raspberry realmadrid richard
  robert rockyou root rootroot rootpassword samantha samsung sandra scooter secret secretpassword security september server sexy
  shadow silver slayer slipknot snoopy soccer spiderman squirrel startrek starwars steelers summer sunshine superman superuser
  supersecret support swordfish sysadmin system taylor temporary temppassword tennis test testing testpassword testtest thomas
  thunder tigger toor topsecret trustno trustme tinkerbell undertaker unknown user username vagrant victoria victory warrior welcome
  welcomewelcome whatever wheeler william winner winter wonderful yamaha yankees yellow
  1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx3edc 1qaz2wsx3edc4rfv q1w2e3r4t5 q1w2e3r4t5y6 zaq12wsxcde3 zaq1zaq1zaq1 a1b2c3d4e5 1a2b3c4d5e
  abcd123456 abc1234567 123qweasdzxc 123456789a 123456789q 12345qwert 123456qwerty qwe123qwe123 1234567891 123123123123 0987654321
  1029384756 3141592653 31415926535 correcthorsebatterystaple`
    .split(/\s+/)
    .filter((word) => word !== ''),
);
