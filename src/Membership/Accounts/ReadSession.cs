using System.Collections.Concurrent;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Roles;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Accounts;

/// <summary>
/// Who sends a request, in one round trip: a keyed read of session and account, with the connection of the sign-in, the second factor
/// and, where the address names one, the workspace; and beside it one of the member. Nothing that it answers is kept between requests, so
/// a sign-out, a change of role, a suspension, a removal, a connection switched off, or a factor asked for holds from the next request on.
/// </summary>
/// <remarks>
/// The member is a read of its own, by workspace and account: joined to a session, which is of no workspace, it would read the members of
/// all workspaces, where those lie on several machines. Which two ids those are is remembered from the session's last request. That is a
/// guess and decides nothing: where the session's row names others, what was read by it is not looked at, and the member is read again.
/// </remarks>
public sealed class ReadSession(Store store)
{
    private const int MostGuesses = 20_000;
    private static readonly ConcurrentDictionary<RowReader<Member>, string> MemberSelects = new();
    private readonly ConcurrentDictionary<(Guid, string), Guess> _guesses = new();

    /// <summary>Reads.</summary>
    /// <param name="secret">What the cookie holds; anything may be in it.</param>
    /// <param name="slug">The workspace that the address names; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Null when nobody is signed in: no such session, ended, or expired.</returns>
    public async Task<SignedIn?> RunAsync(string? secret, string? slug, CancellationToken ct) =>
        string.IsNullOrEmpty(secret) || secret.Length > 100 ? null : await ReadAsync(SessionKey.Of(Secret.Hash(secret)), slug, ct);

    /// <summary>The same for who is not at the browser: an app that acts for the person of a session.</summary>
    /// <param name="session">The session.</param>
    /// <param name="slug">The workspace; null for none.</param>
    /// <param name="ct">Stops the read.</param>
    /// <returns>Null when the session is no more.</returns>
    public Task<SignedIn?> OfAsync(Id<Session> session, string? slug, CancellationToken ct) => ReadAsync(SessionKey.Of(session), slug, ct);

    private async Task<SignedIn?> ReadAsync(SessionKey key, string? slug, CancellationToken ct)
    {
        slug = string.IsNullOrEmpty(slug) ? null : slug;
        await using var db = store.Read();
        var batch = new ReadBatch();
        var read = SessionSelect.Add(batch, db, key, slug, store.Time.Now());
        Guess? guess = slug is not null && _guesses.TryGetValue((key.Short, slug), out var known) ? known : null;
        var guessed = guess is { } of ? AddMember(batch, db, of) : null;
        await batch.RunAsync(db, ct);
        if (read.First is not { } row)
        {
            return null;
        }

        var person = new SignedIn(row.Session, row.Account, null, null, null, null)
        {
            Connection = row.Connection,
            Login = row.Login,
            Factor = row.Factor,
            Demand = SignInDemands.Of(row.Session, row.Factor, null, null, row.Connection is { IsPlatform: false }),
        };
        if (row.Workspace is not { } found)
        {
            return person;
        }

        var right = new Guess(found.Id, row.Account.Id);
        var member = guess == right ? guessed!.First : await MemberAsync(db, (key.Short, slug!), right, ct);
        return member is null ? person : Opened(person, row, member, WorkspaceContext.Of(db, found));
    }

    private async Task<Member?> MemberAsync(MembershipDb db, (Guid, string) key, Guess right, CancellationToken ct)
    {
        var batch = new ReadBatch();
        var read = AddMember(batch, db, right);
        await batch.RunAsync(db, ct);
        if (_guesses.Count >= MostGuesses)
        {
            _guesses.Clear();
        }

        _guesses[key] = right;
        return read.First;
    }

    private static BatchedRead<Member> AddMember(ReadBatch batch, MembershipDb db, Guess of)
    {
        var members = RowReader<Member>.Of(db);
        return batch.Read(
            MemberSelects.GetOrAdd(
                members,
                static members =>
                    $"SELECT {members.Columns("m")} FROM {members.Table} m WHERE m.workspace_id = $1 AND m.account_id = $2 AND m.state = 'Active'"
            ),
            reader => members.Read(reader, 0),
            of.Workspace.Value,
            of.Account.Value
        );
    }

    private static SignedIn Opened(SignedIn person, SessionRow row, Member member, WorkspaceContext workspace)
    {
        var demand = SignInDemands.Of(row.Session, row.Factor, workspace.Configuration.SignIn, row.End?.EndedAt);
        return Bars(person, workspace) is { } barred ? person with { Barred = barred }
            : demand != RequiredAction.None ? person with { Demand = demand }
            : member.OwesTerms(workspace.Configuration.Terms) ? person with { Demand = RequiredAction.Terms }
            : person with
            {
                Demand = demand,
                Member = member,
                Workspace = workspace,
                Actor = ActorOf(member, workspace) with { FreshUntil = RecentAuthentication.Until(row.Session, row.Factor) },
            };
    }

    /// <summary>Why this sign-in does not open the workspace, whoever the person is in it; null when it does.</summary>
    internal static Refusal? Bars(SignedIn who, WorkspaceContext workspace) =>
        who.Connection is { } connection ? ConnectionPolicy.Refuse(connection, workspace, who.Login?.TenantId, who.Login?.HostedDomain)
        : who.Session.SignedInBy is "password" or SignInWithPasskey.By && !workspace.Configuration.SignIn.LocalPassword
            ? PasswordsNotTaken(workspace)
        : null;

    private static Actor ActorOf(Member member, WorkspaceContext workspace) =>
        new()
        {
            Kind = ActorKind.Member,
            Door = Door.Page,
            Name = member.ShownName,
            Id = member.Id.Value,
            Workspace = workspace.Id,
            Member = member.Id,
            Role = member.Role,
            Permissions = workspace.Configuration.PermissionsOf(member.Role),
        };

    private static Refusal PasswordsNotTaken(WorkspaceContext workspace) =>
        new(
            RefusalKind.Forbidden,
            "passwordNotTaken",
            $"{workspace.Row.Name} does not let people in with a password or passkey of this server. Sign in with the provider "
                + $"that it uses."
        );

    private readonly record struct Guess(Id<Workspace> Workspace, Id<Account> Account);
}
