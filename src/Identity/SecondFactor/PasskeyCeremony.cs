using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using UserManagement.Identity.Http;
using UserManagement.Membership;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Data;

namespace UserManagement.Identity.SecondFactor;

/// <summary>What a passkey is asked for.</summary>
internal enum PasskeyUse
{
    /// <summary>Make one (Web Authentication section 7.1).</summary>
    Create,

    /// <summary>Sign in with any (section 7.2).</summary>
    SignIn,

    /// <summary>Prove the second factor, or prove again who one is, with one of the account.</summary>
    Prove,
}

/// <summary>
/// One exchange with a passkey: the challenge goes out in the page and, sealed, into a cookie of the same browser; the
/// answer comes back in a form. What the challenge was given for, and to whom, is sealed with it; the core uses it up.
/// </summary>
internal static class PasskeyCeremony
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(15);
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private sealed record Given(string Challenge, Guid Account, long ExpiresAt);

    /// <summary>What the page's form hands to the browser; null where no passkey can work (the server is named by an IP address).</summary>
    public static async Task<string?> BeginAsync(Visit visit, PasskeyUse use)
    {
        if (PasskeyParty.Of(visit.Act<Links>()) is not { } party)
        {
            return null;
        }

        var now = visit.Act<Store>().Time.Now();
        var account = use == PasskeyUse.SignIn ? default : visit.Who!.Account.Id;
        var given =
            Read(visit, use) is { } open && open.Account == account.Value && open.ExpiresAt > now.AddMinutes(3).ToUnixTimeMilliseconds()
                ? open // another tab of this browser waits with it
                : new Given(
                    Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32)),
                    account.Value,
                    (now + Lifetime).ToUnixTimeMilliseconds()
                );
        visit.Http.Response.Cookies.Append(CookieName(use), Protector(visit, use).Protect(JsonSerializer.Serialize(given)), Options());
        var mine = use == PasskeyUse.SignIn ? [] : (await visit.Act<ReadFactors>().RunAsync(account, visit.Ct)).Passkeys;
        return JsonSerializer.Serialize(
            new
            {
                given.Challenge,
                RpId = party.Id,
                Credentials = mine.Select(p => Base64Url.EncodeToString(p.CredentialId)),
                UserId = use == PasskeyUse.Create ? Base64Url.EncodeToString(PasskeyAnswers.HandleOf(account)) : null,
                UserName = use == PasskeyUse.Create ? visit.Who!.Account.Email ?? visit.Who.Account.DisplayName : null,
                DisplayName = use == PasskeyUse.Create ? visit.Who!.Account.DisplayName : null,
            },
            Json
        );
    }

    /// <summary>The answer in the posted form, checked as far as that goes without the stored key.</summary>
    public static Outcome<PasskeyAnswer> TakeAnswer(Visit visit, PasskeyUse use)
    {
        if (Take(visit, use) is not var (party, given, challenge))
        {
            return PasskeyAnswers.Used();
        }

        return PasskeyReader.Answer(visit.Field("credential"), party, given, challenge) is { } answer ? answer : PasskeyAnswers.Wrong();
    }

    /// <summary>The new passkey in the posted form.</summary>
    public static Outcome<NewPasskey> TakeNew(Visit visit)
    {
        if (Take(visit, PasskeyUse.Create) is not var (party, given, challenge))
        {
            return PasskeyAnswers.Used();
        }

        return PasskeyReader.Made(visit.Field("credential"), party, given, challenge) is { } made ? made : PasskeyAnswers.Wrong();
    }

    private static (PasskeyParty Party, string Given, PasskeyChallenge Challenge)? Take(Visit visit, PasskeyUse use)
    {
        var given = Read(visit, use);
        visit.Http.Response.Cookies.Delete(CookieName(use), Options());
        var account = use == PasskeyUse.SignIn ? default : visit.Who!.Account.Id;
        return given is not null && given.Account == account.Value && PasskeyParty.Of(visit.Act<Links>()) is { } party
            ? (
                party,
                given.Challenge,
                new(SHA256.HashData(Base64Url.DecodeFromChars(given.Challenge)), DateTimeOffset.FromUnixTimeMilliseconds(given.ExpiresAt))
            )
            : null;
    }

    private static Given? Read(Visit visit, PasskeyUse use)
    {
        if (visit.Http.Request.Cookies[CookieName(use)] is not { Length: > 0 and < 2000 } kept)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<Given>(Protector(visit, use).Unprotect(kept));
        }
        catch (Exception fault) when (fault is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static IDataProtector Protector(Visit visit, PasskeyUse use) =>
        visit.Act<IDataProtectionProvider>().CreateProtector("UserManagement.Identity.Passkey.v1", use.ToString());

    private static string CookieName(PasskeyUse use) => $"__Host-passkey-{use.ToString().ToLowerInvariant()}";

    private static CookieOptions Options() =>
        new()
        {
            Secure = true,
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Path = "/",
            IsEssential = true,
        };
}
