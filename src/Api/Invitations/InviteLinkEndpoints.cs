using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.InviteLinks;

namespace UserManagement.Api.Invitations;

/// <summary>The links by which many may join, one for each role that is offered.</summary>
internal static class InviteLinkEndpoints
{
    private const string All = "/workspaces/{slug}/invite-links";
    private const string One = All + "/{id}";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync)
            .Says("List invite links", "Of each role for which there may be one, with who joined by it last; the secrets are not among it.")
            .Needs(Permission.InviteMembers)
            .Gives<ListJson<RoleLinkJson>>();
        api.Post(All, RenewAsync)
            .Says("Make or regenerate an invite link", "The link of that role that was there is dead at once.")
            .Needs(Permission.InviteMembers)
            .Reads<NewInviteLink>()
            .Gives<IssuedInviteLinkJson>(StatusCodes.Status201Created);
        api.Post(One + "/link", CopyAsync)
            .Says("Copy an invite link", "The copy is audited.")
            .Needs(Permission.InviteMembers)
            .Gives<IssuedInviteLinkJson>();
        api.Delete(One, EndAsync).Says("Switch an invite link off").Needs(Permission.InviteMembers).Gives<InviteLinkJson>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListInviteLinks>().RunAsync(call.Actor, call.Workspace, null, call.Ct)).Is(out var links, out var refusal)
            ? ApiAnswer.Ok(
                new ListJson<RoleLinkJson>
                {
                    Items =
                    [
                        .. links.Select(l => new RoleLinkJson
                        {
                            Role = l.Role.Key,
                            Label = l.Role.Label,
                            IsAdmin = l.Role.IsAdmin,
                            Link = l.Link is null ? null : InviteLinkJson.Of(l.Link, call.Now),
                            Joined = [.. l.Joined.Select(m => m.Id.Value)],
                        }),
                    ],
                }
            )
            : refusal;

    private static Task<ApiAnswer> RenewAsync(ApiCall call) =>
        call.WithAsync<NewInviteLink>(async wanted =>
            (
                await call.Act<RenewInviteLink>()
                    .RunAsync(call.Actor, call.Workspace.Id, wanted.Role, wanted.Days, wanted.MostUses, call.Ct)
            ).Is(out var issued, out var refusal)
                ? ApiAnswer.Created(Issued(call, issued), call.Path("/invite-links"))
                : refusal
        );

    private static async Task<ApiAnswer> CopyAsync(ApiCall call) =>
        (await call.Act<CopyInviteLink>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<InviteLink>(), call.Ct)).Is(
            out var issued,
            out var refusal
        )
            ? ApiAnswer.Ok(Issued(call, issued))
            : refusal;

    private static async Task<ApiAnswer> EndAsync(ApiCall call) =>
        (await call.Act<EndInviteLink>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<InviteLink>(), call.Ct)).Is(
            out var ended,
            out var refusal
        )
            ? ApiAnswer.Ok(InviteLinkJson.Of(ended, call.Now))
            : refusal;

    private static IssuedInviteLinkJson Issued(ApiCall call, IssuedInviteLink issued) =>
        new() { Link = InviteLinkJson.Of(issued.Link, call.Now), Url = call.Act<Links>().Invitation(issued.Secret) };
}

/// <summary>A link by which many may join.</summary>
internal sealed record InviteLinkJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The key of the role that it gives.</summary>
    public required string Role { get; init; }

    /// <summary>Whether one can join by it now.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>How many have joined by it.</summary>
    public required int Uses { get; init; }

    /// <summary>How many may; null for any number.</summary>
    public required int? MostUses { get; init; }

    /// <summary>When it ends by itself; null for never.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was made anew or switched off; null while it was not.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    /// <summary>Of a link.</summary>
    public static InviteLinkJson Of(InviteLink link, DateTimeOffset now) =>
        new()
        {
            Id = link.Id.Value,
            Role = link.Role,
            IsOpen = link.ClosedAt(now) is null,
            Uses = link.Uses,
            MostUses = link.MostUses,
            ExpiresAt = link.ExpiresAt,
            CreatedAt = link.CreatedAt,
            EndedAt = link.EndedAt,
        };
}

/// <summary>A role for which there may be a link.</summary>
internal sealed record RoleLinkJson
{
    /// <summary>The role's key.</summary>
    public required string Role { get; init; }

    /// <summary>The name that people see.</summary>
    public required string Label { get; init; }

    /// <summary>Whether whoever joins by it is an admin.</summary>
    public required bool IsAdmin { get; init; }

    /// <summary>The live link; null for none.</summary>
    public required InviteLinkJson? Link { get; init; }

    /// <summary>The ids of the members who joined by it last.</summary>
    public required IReadOnlyList<Guid> Joined { get; init; }
}

/// <summary>A link to make.</summary>
internal sealed record NewInviteLink
{
    /// <summary>The key of the role.</summary>
    public required string Role { get; init; }

    /// <summary>Days until it ends by itself, 1 to 365; null for never.</summary>
    public int? Days { get; init; }

    /// <summary>How many may join by it; null for any number.</summary>
    public int? MostUses { get; init; }
}

/// <summary>A link with its address.</summary>
internal sealed record IssuedInviteLinkJson
{
    /// <summary>The link.</summary>
    public required InviteLinkJson Link { get; init; }

    /// <summary>Its address, which is a secret.</summary>
    public required string Url { get; init; }
}
