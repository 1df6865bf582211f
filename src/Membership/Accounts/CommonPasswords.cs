using System.Collections.Frozen;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Passwords that guessers try first, of those long enough to be taken at all. Small on purpose: the lock after five
/// tries makes a longer list worth little.
/// </summary>
internal static class CommonPasswords
{
    private static readonly FrozenSet<string> Known = """
        password password1 password12 password123 password1234 password12345 passw0rd p@ssword p@ssw0rd passwort passwort1 passwort123
        pa55word pa$$word pa$$w0rd mypassword newpassword yourpassword changeme changeme1 changeme123 changeit letmein1 letmein123 letmeinnow
        12345678 123456789 1234567890 12345678910 0123456789 987654321 9876543210 87654321 11111111 111111111 1111111111 00000000 000000000
        0000000000 22222222 55555555 66666666 77777777 88888888 99999999 12121212 123123123 123123123123 112233445566 11223344 12341234
        1234512345 1234qwer 123qweasd 123qwe123 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc 1qazxsw2 q1w2e3r4 q1w2e3r4t5 zaq12wsx
        qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 qwerty12345 qwertz123 qwertzui qwertzuiop qwerasdf qweasdzxc asdfghjk asdfghjkl
        asdfasdf asdf1234 zxcvbnm1 zxcvbnm123 yxcvbnm123 azertyui azertyuiop poiuytrewq abcdefgh abcdefghi abcdef123 abcd1234 abc12345 abc123456
        abc123abc a1b2c3d4 a1b2c3d4e5 a123456789 aa123456 aa12345678 iloveyou iloveyou1 iloveyou2 iloveyou123 ichliebedich jetaime123
        sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball superman superman1 batman123 spiderman starwars
        starwars1 trustno1 whatever whatever1 computer computer1 internet internet1 samsung1 samsung123 microsoft microsoft1 google123 facebook
        facebook1 linkedin linkedin1 welcome1 welcome12 welcome123 welcome1234 willkommen willkommen1 bienvenue hallo123 hallo1234 hello123
        hello1234 helloworld testtest test1234 test12345 testing123 testpassword admin123 admin1234 admin12345 adminadmin administrator
        administrator1 root1234 rootroot toor1234 default1 default123 guest123 guest1234 user1234 username username1 login123 logmein1
        secret12 secret123 secret1234 topsecret temp1234 temppass temporary company1 company123 business office123 server123 system123
        master12 master123 dragon12 dragon123 monkey12 monkey123 shadow12 shadow123 michael1 jennifer jennifer1 jordan23 charlie1 daniel123
        liverpool liverpool1 chelsea1 arsenal1 manchester barcelona realmadrid juventus1 corvette mercedes porsche911 ferrari1 harley123
        cheese123 chocolate chocolate1 butterfly butterfly1 elephant dolphin1 victoria victoria1 alexander alexander1 anthony1 elizabeth
        summer2024 summer2025 summer2026 winter2024 winter2025 winter2026 spring2025 spring2026 autumn2025 autumn2026 summer123 winter123
        sommer2025 sommer2026 november november1 december december1 september1 february january1 monday123 friday123 sunday123
        passpass pass1234 pass12345 access123 accesskey freedom1 blink182 nintendo pokemon1 pokemon123 minecraft minecraft1 fortnite1
        killer123 hunter12 hunter22 ninja123 soccer12 soccer123 hockey123 tennis123 qazwsxedc qazwsx123 zxcvzxcv zxcv1234 1234abcd 12345qwert
        12345abc 123456ab 123456abc 123456789a 12345678a a12345678 q12345678 qwer1234 qwerty00 qwerty11 asd12345 asdfg123 147258369 159753456
        741852963 789456123 963852741 321654987 456789123 135792468 246813579 31415926 271828182 correcthorsebatterystaple usermanagement
        """.Split((char[])[' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Whether the password, folded by <see cref="Key.Of"/>, is known, or is one character over and over.</summary>
    public static bool Holds(string key) => Known.Contains(key) || key.Distinct().Count() <= 1;
}
