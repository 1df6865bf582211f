using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Tests.Accounts.Factors;

/// <summary>Somebody's authenticator app, and what it takes to set one up.</summary>
internal static class FactorRig
{
    /// <summary>Sets an app up for who is signed in; gives the key, the recovery codes and the session as it is afterwards.</summary>
    public static async Task<(byte[] Key, IReadOnlyList<string> Codes, OpenedSession Session)> AddTotpAsync(
        this AccountRig rig,
        SignedIn who
    )
    {
        var setUp = new SetUpTotp(rig.Store);
        _ = (await setUp.BeginAsync(who, default)).Value;
        var key = (await setUp.ReadAsync(who, default)).Value!;
        var done = (await setUp.ConfirmAsync(who, rig.Code(key), default)).Value;
        return (key, done.RecoveryCodes!, done.Session);
    }

    /// <summary>The code of this moment, or of so many steps later.</summary>
    public static string Code(this AccountRig rig, byte[] key, int later = 0) => Totp.Code(key, Totp.StepAt(rig.Clock.Now) + later);

    /// <summary>Somebody signed in by password who owes the second factor.</summary>
    public static async Task<SignedIn> HalfAsync(this AccountRig rig, string login, string? slug = "acme") =>
        (await rig.ReadAsync((await rig.SignInAsync(login)).Value.Secret, slug))!;

    /// <summary>Somebody whom a provider proved.</summary>
    public static ProvenIdentity Proven(this AccountRig rig, IdentityConnection? connection = null) =>
        new()
        {
            ConnectionId = connection?.Id ?? default,
            Kind = connection?.Kind ?? ConnectionKind.Google,
            Issuer = connection?.Authority ?? ConnectionCheck.Google,
            Subject = "subject-1",
            StateHash = Secret.Hash(Secret.New()),
            StateExpiresAt = rig.Clock.Now.AddMinutes(15),
        };

    /// <summary>Changes the workspace's rules of signing in.</summary>
    public static async Task RulesAsync(this AccountRig rig, Func<SignInRules, SignInRules> change)
    {
        await using var db = rig.Store.Read();
        var now = WorkspaceContext.Of(db, await db.Workspaces.AsNoTracking().SingleAsync(w => w.Id == rig.Workspace.Id));
        _ = (
            await new ChangeConfiguration(rig.Store).RunAsync(
                Access.Actor.Operator,
                now.Id,
                now.Row.Version,
                now.Configuration with
                {
                    SignIn = change(now.Configuration.SignIn),
                },
                default
            )
        ).Value;
    }
}

/// <summary>A passkey of the core's tests: signs whatever it is given.</summary>
internal sealed class SoftKey : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public byte[] Id { get; } = RandomNumberGenerator.GetBytes(32);

    public long Count { get; set; }

    public NewPasskey Made(DateTimeOffset until) =>
        new()
        {
            CredentialId = Id,
            PublicKey = _key.ExportSubjectPublicKeyInfo(),
            Algorithm = -7,
            SignCount = Count,
            BackedUp = false,
            Challenge = Challenge(until),
        };

    public PasskeyAnswer Answer(Id<Account> account, DateTimeOffset until)
    {
        var signed = Encoding.UTF8.GetBytes("what the authenticator signed");
        return new()
        {
            CredentialId = Id,
            UserHandle = PasskeyAnswers.HandleOf(account),
            SignedData = signed,
            Signature = _key.SignData(signed, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence),
            SignCount = ++Count,
            BackedUp = false,
            Challenge = Challenge(until),
        };
    }

    public void Dispose() => _key.Dispose();

    private static PasskeyChallenge Challenge(DateTimeOffset until) => new(RandomNumberGenerator.GetBytes(32), until);
}
