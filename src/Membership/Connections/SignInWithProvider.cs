using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>Where a sign-in leads.</summary>
/// <param name="Workspace">The workspace whose sign-in page it began on; null for none.</param>
/// <param name="InvitationSecret">The secret of the invitation that it is to redeem; null for none.</param>
public sealed record SignInAim(Id<Workspace>? Workspace = null, string? InvitationSecret = null)
{
    /// <summary>The workspace, never the secret.</summary>
    public override string ToString() => $"sign-in to {Workspace?.ToString() ?? "anywhere"}";
}

/// <summary>
/// Signs in whom a provider proved. A known login (connection, issuer, subject) leads to its account. An unknown one
/// gets an account only for a reason: an invitation that it fits, a directory's person that it is (<see cref="JustInTimeMembership"/>),
/// or a workspace that lets people whom its lists admit join. An e-mail address alone is never a reason. The answer's
/// state is used up in the same transaction. Redeeming the invitation is the next act.
/// <para>
/// How new the proof is (<see cref="Accounts.Factors.RecentAuthentication"/>): as new as <c>auth_time</c> where it is sent. Where it is
/// not, a provider may have led the person through without a question, and the sign-in is no fresh proof; nor where it was asked to prove
/// anew (<c>prompt=login</c>, <c>max_age=0</c>): whoever holds the browser can take that wish off the address on the way, and OpenID
/// Connect Core section 2 requires the claim of a provider that heard it. Google knows neither wish nor claim, Entra sends the claim where
/// its tenant added it. Who has nothing else proves by a password, passkey or code here, and may set the first factor up right after
/// signing in (<see cref="Accounts.Factors.RecentAuthentication.CheckSetUpAsync"/>).
/// </para>
/// Refusals (Forbidden or Conflict, nothing is made): <c>connectionGone</c>, <c>answerUsed</c>, <c>connectionNotTaken</c>,
/// <c>organisationNotTaken</c>, <c>unknownPerson</c>, <c>otherAccount</c>, <c>alreadyMember</c>, <c>suspended</c>, those of
/// <see cref="RedeemInvitation"/> for an invitation that does not fit, <c>seatsFull</c> and the like.
/// </summary>
public sealed class SignInWithProvider(Store store)
{
    private readonly LastUsedNotes<(Id<IdentityConnection>, Id<Workspace>)> _uses = new();

    /// <summary>Signs in.</summary>
    /// <param name="who">What the relying party proved.</param>
    /// <param name="aim">Where it leads.</param>
    /// <param name="browser">For the session.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public async Task<Outcome<OpenedSession>> RunAsync(ProvenIdentity who, SignInAim aim, Browser browser, CancellationToken ct)
    {
        var person = new Actor
        {
            Kind = ActorKind.Person,
            Door = Door.SignIn,
            Name = who.DisplayName ?? who.UserName ?? who.Subject,
        };
        var seen = new Seen();
        var outcome = await store.ChangeAsync<OpenedSession>(
            person,
            null,
            "account.signedIn",
            async attempt =>
            {
                seen = new();
                if (
                    await attempt.Db.IdentityConnections.AsNoTracking().FirstOrDefaultAsync(c => c.Id == who.ConnectionId && c.Enabled, ct)
                    is not { } connection
                )
                {
                    return FindConnection.Gone();
                }

                seen.Connection = connection;

                if (await SpendAsync(attempt, who, ct) is { } used)
                {
                    return used;
                }

                if (!(await LoginAsync(attempt, connection, who, aim, seen, ct)).Is(out var login, out var refusal))
                {
                    return refusal;
                }

                ConnectionUse.Note(_uses, attempt, connection, aim.Workspace);
                return Open(attempt, connection, who, login, browser);
            },
            ct
        );

        // Those who were let in and still are not the person whose name they bear are noted too: their admin must find out why.
        if (seen.Connection is { } through && (outcome.Refusal ?? seen.Unlike) is { } failed)
        {
            await new NoteFailedSignIn(store).RunAsync(through, seen.Toward, failed, ct);
        }

        return outcome;
    }

    /// <summary>The account to which an identity leads already; null for one that is not known. Makes and uses nothing.</summary>
    public async Task<Id<Account>?> AccountOfAsync(ProvenIdentity who, CancellationToken ct)
    {
        await using var db = store.Read();
        return await db
            .Logins.AsNoTracking()
            .Where(l => l.ConnectionId == who.ConnectionId && l.Issuer == who.Issuer && l.Subject == who.Subject)
            .Select(l => (Id<Account>?)l.AccountId)
            .FirstOrDefaultAsync(ct);
    }

    /// <summary>Opens the session of a login; with more where more is known of it.</summary>
    internal static OpenedSession Open(
        Attempt attempt,
        IdentityConnection connection,
        ProvenIdentity who,
        Login login,
        Browser browser,
        Func<Session, Session>? more = null
    )
    {
        var by = connection.Kind.ToString().ToLowerInvariant();
        attempt.Changes.TellFacts(
            "account.signedIn",
            connection.WorkspaceId,
            ("account", login.AccountId.Value, who.DisplayName ?? who.UserName),
            null,
            new
            {
                by,
                connection = connection.Name,
                who.Issuer,
                who.Subject,
                who.AuthenticationMethods,
                browser.Address,
                browser.UserAgent,
            }
        );
        return Sessions.Open(
            attempt,
            login.AccountId,
            by,
            browser,
            s =>
            {
                var opened = s with
                {
                    ConnectionId = connection.Id,
                    LoginId = login.Id,
                    ProviderMethods =
                        who.AuthenticationMethods.Count == 0 ? null : Key.Cut(string.Join(' ', who.AuthenticationMethods), 200),
                    AuthenticatedAt =
                        who.AuthenticatedAt is not { } proven ? Session.Undated(s.CreatedAt)
                        : proven < s.CreatedAt ? Moment.Cut(proven)
                        : s.CreatedAt,
                    ProofIsUndated = who.AuthenticatedAt is null,
                };
                return more?.Invoke(opened) ?? opened;
            }
        );
    }

    /// <summary>What a login says to an invitation.</summary>
    internal static Redeemer RedeemerOf(IdentityConnection connection, Login login) =>
        new()
        {
            AccountId = login.AccountId,
            Provider = connection.Kind switch
            {
                ConnectionKind.Google => IdentityProvider.Google,
                ConnectionKind.Entra => IdentityProvider.Entra,
                _ => IdentityProvider.Oidc,
            },
            UserName = login.UserName ?? "",
            ProvenNames = login.ProvenNames?.Split('\n') ?? [],
            TenantId = login.TenantId,
        };

    /// <summary>Uses the answer's state up.</summary>
    internal static async Task<Refusal?> SpendAsync(Attempt attempt, ProvenIdentity who, CancellationToken ct)
    {
        var hash = who.StateHash;
        if (attempt.At >= who.StateExpiresAt || await attempt.Db.SpentStates.AnyAsync(s => s.StateHash == hash, ct))
        {
            return new(RefusalKind.Forbidden, "answerUsed", "This sign-in was used already, or took too long. Start again.");
        }

        attempt.Changes.Add(new SpentState { StateHash = hash, ExpiresAt = who.StateExpiresAt });
        return null;
    }

    private static async Task<Outcome<Login>> LoginAsync(
        Attempt attempt,
        IdentityConnection connection,
        ProvenIdentity who,
        SignInAim aim,
        Seen seen,
        CancellationToken ct
    )
    {
        var invitation = await ReadInvitationByLink.FindAsync(attempt.Db, aim.InvitationSecret, attempt.At, ct);
        Id<Workspace>? toward = connection.IsPlatform ? invitation?.Workspace.Id ?? aim.Workspace : connection.WorkspaceId;
        seen.Toward = toward;
        var workspace = toward is { } id ? await WorkspaceContext.ByIdAsync(attempt.Db, id, ct) : null;
        var known = await attempt
            .Db.Logins.AsNoTracking()
            .FirstOrDefaultAsync(l => l.ConnectionId == connection.Id && l.Issuer == who.Issuer && l.Subject == who.Subject, ct);
        if (known is not null)
        {
            var now = known with
            {
                UserName = who.UserName,
                Email = who.Email,
                ProvenNames = ProvenNames(connection, who),
                TenantId = who.TenantId,
                HostedDomain = who.HostedDomain,
            };
            if (now != known)
            {
                attempt.Changes.Update(known, now with { Version = known.Version + 1 });
            }

            // They are who they were, whatever becomes of a membership they may be given on the way.
            if (
                workspace is not null
                && invitation is null
                && ConnectionPolicy.Refuse(connection, workspace, who.TenantId, who.HostedDomain) is null
            )
            {
                seen.Unlike = await JustInTimeMembership.TryAsync(attempt, connection, workspace, who, known.AccountId, ct);
            }

            return now;
        }

        if (invitation is not null)
        {
            return await ForInvitationAsync(attempt, connection, who, invitation, ct);
        }

        if (aim.InvitationSecret is not null)
        {
            return await ForLinkAsync(attempt, connection, who, aim.InvitationSecret, ct);
        }

        if (workspace is null)
        {
            return JustInTimeMembership.Unknown();
        }

        if (ConnectionPolicy.Refuse(connection, workspace, who.TenantId, who.HostedDomain) is { } barred)
        {
            return barred;
        }

        var login = NewLogin(attempt, connection, who, Id<Account>.New(attempt.Time));
        if (await JustInTimeMembership.RunAsync(attempt, connection, workspace, who, login.AccountId, ct) is { } refusal)
        {
            return refusal;
        }

        return await MakeAsync(attempt, connection, who, login, ct);
    }

    private static async Task<Outcome<Login>> ForInvitationAsync(
        Attempt attempt,
        IdentityConnection connection,
        ProvenIdentity who,
        InvitationView view,
        CancellationToken ct
    )
    {
        var login = NewLogin(attempt, connection, who, Id<Account>.New(attempt.Time));
        var refusal =
            (view.Status == InvitationStatus.Pending ? null : InvitationAct.Closed(view.Status))
            ?? ConnectionPolicy.Refuse(connection, view.Workspace, who.TenantId, who.HostedDomain)
            ?? LinkProof.Fits(view, RedeemerOf(connection, login));
        return refusal is null ? await MakeAsync(attempt, connection, who, login, ct) : refusal;
    }

    /// <summary>Who holds a link for many gets an account under a name that the provider stands for; joining is the next act.</summary>
    private static async Task<Outcome<Login>> ForLinkAsync(
        Attempt attempt,
        IdentityConnection connection,
        ProvenIdentity who,
        string secret,
        CancellationToken ct
    )
    {
        if (!(await InviteLinks.ReadInviteLink.FindAsync(attempt.Db, secret, attempt.At, ct)).Is(out var view, out var closed))
        {
            return closed.Code == "notFound" ? JustInTimeMembership.Unknown() : closed;
        }

        var login = NewLogin(attempt, connection, who, Id<Account>.New(attempt.Time));
        var refusal =
            ConnectionPolicy.Refuse(connection, view.Workspace, who.TenantId, who.HostedDomain)
            ?? (LinkProof.NameOfNewcomer(connection, login) is null ? JustInTimeMembership.NoProvenName(connection) : null);
        return refusal is null ? await MakeAsync(attempt, connection, who, login, ct) : refusal;
    }

    /// <summary>A login that leads to an account.</summary>
    internal static Login NewLogin(Attempt attempt, IdentityConnection connection, ProvenIdentity who, Id<Account> account) =>
        new()
        {
            Id = Id<Login>.New(attempt.Time),
            ConnectionId = connection.Id,
            Issuer = who.Issuer,
            Subject = who.Subject,
            AccountId = account,
            UserName = who.UserName,
            Email = who.Email,
            ProvenNames = ProvenNames(connection, who),
            TenantId = who.TenantId,
            HostedDomain = who.HostedDomain,
            CreatedAt = attempt.At,
            Version = 1,
        };

    /// <summary>
    /// An account of its own for a login: never one that is there. Only a platform connection's word proves the address
    /// of it; whoever had registered that address unproven loses the name (pre-hijack).
    /// </summary>
    private static async Task<Outcome<Login>> MakeAsync(
        Attempt attempt,
        IdentityConnection connection,
        ProvenIdentity who,
        Login login,
        CancellationToken ct
    )
    {
        var email = EmailAddress.IsValid(who.Email) ? who.Email : null;
        var proven = connection.IsPlatform && who.EmailProven ? Key.OfOrNull(email) : null;
        if (proven is not null)
        {
            await LoginNames.ReleaseAsync(attempt, proven, ct);
            proven = await attempt.Db.Accounts.AnyAsync(a => a.ProvenEmailKey == proven, ct) ? null : proven;
        }

        attempt.Changes.Add(
            new Account
            {
                Id = login.AccountId,
                DisplayName = who.DisplayName ?? who.UserName ?? email ?? who.Subject,
                Email = email,
                ProvenEmailKey = proven,
                CreatedAt = attempt.At,
                Version = 1,
            }
        );
        attempt.Changes.Add(login);
        attempt.Changes.TellFacts(
            "account.created",
            connection.WorkspaceId,
            ("account", login.AccountId.Value, who.DisplayName ?? who.UserName),
            null,
            new
            {
                connection = connection.Name,
                who.Issuer,
                who.Subject,
                who.UserName,
                addressProven = proven is not null,
            }
        );
        return login;
    }

    private static string? ProvenNames(IdentityConnection connection, ProvenIdentity who) =>
        LinkProof.Names(connection, who) is { Count: > 0 } names ? string.Join('\n', names) : null;

    /// <summary>What a try saw, for the note where it led nowhere.</summary>
    private sealed class Seen
    {
        public IdentityConnection? Connection { get; set; }

        public Id<Workspace>? Toward { get; set; }

        public Refusal? Unlike { get; set; }
    }
}
