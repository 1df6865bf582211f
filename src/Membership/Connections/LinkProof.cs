using UserManagement.Membership.Invitations;
using UserManagement.Membership.Members;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Connections;

/// <summary>
/// THE place that says what links a sign-in to something that is there: to a person whom a directory brought, to an
/// invitation, to a user name that a newcomer may bear. Nobody becomes somebody else by a name they chose.
/// <para>
/// A directory's person is linked by what the directory and the provider both own: the external id that is the subject
/// (<c>oid</c> at an Entra connection pinned to one tenant, <c>sub</c> at Google below a listed domain: both long enough that nobody meets
/// another's by chance; <c>sub</c> at the workspace's own provider only where the workspace said that it is its directory's externalId and
/// nobody's to choose, <see cref="IdentityConnection.SubjectIsExternalId"/>: elsewhere it may be 12, or a name).
/// At Google also the verified address below that domain that is the user name. By a user name alone only
/// where the workspace said of its connection that people cannot choose it (<see cref="IdentityConnection.TrustsUserNames"/>),
/// and never over a member whose external id is somebody else's. An address links nobody, whatever says that it is verified.
/// </para>
/// <para>An invitation is redeemed by its secret; the name beside it is a match (<see cref="Fits"/>) and no proof.</para>
/// </summary>
public static class LinkProof
{
    /// <summary>Whether the external id that a directory gave names this sign-in's subject, if the two are the same text.</summary>
    public static bool ByExternalId(IdentityConnection connection, WorkspaceContext workspace, ProvenIdentity who) =>
        connection.Kind switch
        {
            ConnectionKind.Entra => Guid.TryParse(who.Subject, out _) && IsOfPinnedTenant(connection, workspace, who),
            ConnectionKind.Google => IsGoogles(who.Subject) && IsOfListedDomain(connection, workspace, who),
            _ => connection is { SubjectIsExternalId: true, IsPlatform: false },
        };

    /// <summary>Whether this sign-in's user name says which of the directory's people it is.</summary>
    public static bool ByUserName(IdentityConnection connection, WorkspaceContext workspace, ProvenIdentity who) =>
        connection.Kind switch
        {
            ConnectionKind.Google => IsOfListedDomain(connection, workspace, who)
                && who.EmailProven
                && Key.OfOrNull(who.UserName) == Key.OfOrNull(who.Email),
            ConnectionKind.Entra => TrustsNames(connection)
                && IsOfPinnedTenant(connection, workspace, who)
                && !who.IsGuest
                && !who.IsPersonal,
            _ => TrustsNames(connection),
        };

    /// <summary>
    /// Whether a sign-in through this connection can be shown to be this member's, as far as it can be told before they come: without that
    /// somebody whom a directory brought comes in by their invitation alone.
    /// </summary>
    public static bool MayLink(IdentityConnection connection, WorkspaceContext workspace, Member member) =>
        connection.Kind switch
        {
            ConnectionKind.Entra => PinnedTenant(connection, workspace) is not null
                && (Guid.TryParse(member.ExternalId, out _) || TrustsNames(connection)),
            ConnectionKind.Google => EmailAddress.Domain(member.UserName) is { } domain
                && ConnectionPolicy.HasDomains(connection, workspace)
                && ConnectionPolicy.Refuse(connection, workspace, null, domain) is null,
            _ => TrustsNames(connection)
                || (connection is { SubjectIsExternalId: true, IsPlatform: false } && member.ExternalId is { Length: > 0 }),
        };

    /// <summary>
    /// Whether a member's external id is that of somebody else than this sign-in's subject. One that only repeats the name says nothing.
    /// </summary>
    public static bool IsAnothers(Member member, ProvenIdentity who) =>
        member.ExternalId is { Length: > 0 } id
        && who.Kind switch
        {
            ConnectionKind.Entra => Guid.TryParse(id, out var named) && !(Guid.TryParse(who.Subject, out var own) && own == named),
            ConnectionKind.Google => id != who.Subject && IsGoogles(id),
            _ => id != who.Subject && !RepeatsName(member, id),
        };

    /// <summary>The names that the provider stands for: people cannot choose them there, or showed that they are theirs. As keys.</summary>
    public static IReadOnlyList<string> Names(IdentityConnection connection, ProvenIdentity who)
    {
        var ofDirectory = PinnedTenant(connection) is { } tenant && IsSame(tenant, who.TenantId) && !who.IsGuest && !who.IsPersonal;
        string?[] names =
        [
            who.EmailProven && EmailAddress.IsValid(who.Email) ? who.Email : null,
            ofDirectory ? who.PrincipalName : null,
            TrustsNames(connection) && (connection.Kind == ConnectionKind.Oidc || ofDirectory) ? who.UserName : null,
        ];
        return [.. names.Select(Key.OfOrNull).OfType<string>().Distinct()];
    }

    /// <summary>
    /// The user name under which a newcomer may join whom nobody knows; null where the provider stands for none. A directory
    /// may bring somebody of that name later and takes the membership over, so it must not be one that people choose.
    /// </summary>
    public static string? NameOfNewcomer(IdentityConnection connection, ProvenIdentity who)
    {
        if (connection.Kind == ConnectionKind.Entra)
        {
            return who.UserName; // the part behind the @ is a domain that the tenant showed to be its own, or the guest's
        }

        var proven = Names(connection, who);
        return new[] { who.UserName, who.Email }.FirstOrDefault(n => n is not null && proven.Contains(Key.Of(n)));
    }

    /// <summary>The same of a login as it was last seen.</summary>
    public static string? NameOfNewcomer(IdentityConnection connection, Login login)
    {
        if (connection.Kind == ConnectionKind.Entra)
        {
            return login.UserName;
        }

        var proven = login.ProvenNames?.Split('\n') ?? [];
        return new[] { login.UserName, login.Email }.FirstOrDefault(n => n is not null && proven.Contains(Key.Of(n)));
    }

    /// <summary>
    /// Whether a sign-in fits an invitation whose secret it holds: the provider and tenant that are asked for, and the invited
    /// name as any name of the sign-in; or any name at all where the invited one is free text and the workspace says that the
    /// link is enough (<see cref="InvitationRules.LinkIsEnough"/>).
    /// </summary>
    /// <returns>Null when it fits; the sentences say what is wrong, and for whom it is to nobody but who holds the mailed link.</returns>
    public static Refusal? Fits(InvitationView view, Redeemer redeemer)
    {
        var invitation = view.Invitation;
        if (invitation.Provider != IdentityProvider.Any && invitation.Provider != redeemer.Provider)
        {
            return new(
                RefusalKind.Conflict,
                "wrongProvider",
                invitation.Provider switch
                {
                    IdentityProvider.Google => "This invitation asks for a Google account.",
                    IdentityProvider.Entra => "This invitation asks for a Microsoft account.",
                    IdentityProvider.Oidc => "This invitation asks for an account of the organisation's own sign-in.",
                    _ => "This invitation asks for a password account of this server.",
                }
            );
        }

        if (invitation.TenantId is { } tenant && !IsSame(tenant, redeemer.TenantId))
        {
            return new(RefusalKind.Conflict, "wrongTenant", "This invitation asks for a Microsoft account of another organisation.");
        }

        var key = Key.Of(invitation.UserName);
        return Key.Of(redeemer.UserName) == key || redeemer.ProvenNames.Contains(key) ? null
            : view.Workspace.Configuration.Invitations.LinkIsEnough && !invitation.UserName.Contains('@', StringComparison.Ordinal) ? null
            : WrongName(view, redeemer);
    }

    /// <summary>The one tenant whose people alone get through a connection; null for any other.</summary>
    public static string? PinnedTenant(IdentityConnection connection) =>
        connection.Kind != ConnectionKind.Entra ? null
        : connection.TenantList is [var only] ? only
        : connection.Authority.Split('/') is [_, _, _, var named, _] && Guid.TryParse(named, out var id) ? id.ToString("D")
        : null;

    private static Refusal WrongName(InvitationView view, Redeemer redeemer)
    {
        var came =
            redeemer.UserName.Length > 0
                ? $"You came as {Key.Cut(redeemer.UserName, 200)}."
                : "Your sign-in sent no name that could be compared.";
        var asked = view.ByMail ? $"This invitation is for {view.Invitation.UserName}." : "This invitation is for another account.";
        return new(
            RefusalKind.Conflict,
            "wrongUserName",
            $"{asked} {came} Use the invited account, or ask the person who invited you to correct the invitation."
        )
        {
            ForAdmins =
                $"Somebody opened the invitation of {FailedSignIn.Named(view.Invitation.UserName)} with an account of another name.",
        };
    }

    private static bool TrustsNames(IdentityConnection connection) =>
        connection.TrustsUserNames && !connection.IsPlatform && connection.Kind != ConnectionKind.Google;

    private static bool IsOfPinnedTenant(IdentityConnection connection, WorkspaceContext workspace, ProvenIdentity who) =>
        IsSame(PinnedTenant(connection, workspace), who.TenantId);

    private static string? PinnedTenant(IdentityConnection connection, WorkspaceContext workspace) =>
        PinnedTenant(connection)
        ?? (ConnectionPolicy.TenantsIn(connection, workspace).FirstOrDefault(l => l.Count == 1) is [var only] ? only : null);

    private static bool IsOfListedDomain(IdentityConnection connection, WorkspaceContext workspace, ProvenIdentity who) =>
        who.HostedDomain is not null && ConnectionPolicy.HasDomains(connection, workspace);

    private static bool IsGoogles(string id) => id.Length >= 15 && id.All(char.IsAsciiDigit);

    private static bool RepeatsName(Member member, string id)
    {
        var key = Key.Of(id);
        return key == Key.Of(member.UserName)
            || key == Key.OfOrNull(member.Email)
            || (EmailAddress.Domain(member.UserName) is not null && key == Key.Of(member.UserName[..member.UserName.LastIndexOf('@')]));
    }

    private static bool IsSame(string? tenant, string? other) =>
        tenant is not null && string.Equals(tenant, other, StringComparison.OrdinalIgnoreCase);
}
