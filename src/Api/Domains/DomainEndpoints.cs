using Microsoft.AspNetCore.Http;
using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Domains;

namespace UserManagement.Api.Domains;

/// <summary>E-mail domains whose people may join, and the queue of who asks.</summary>
internal static class DomainEndpoints
{
    private const string All = "/workspaces/{slug}/email-domains";
    private const string One = All + "/{id}";
    private const string Requests = "/workspaces/{slug}/join-requests";

    public static void Map(ApiTable api)
    {
        api.Get(All, ListAsync).Says("List e-mail domains").Needs(Permission.ConfigureWorkspace).Gives<EmailDomainsJson>();
        api.Post(All, ClaimAsync)
            .Says("Claim an e-mail domain", "It opens nothing before it is proven. Domains at which anybody gets an address are refused.")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<NewEmailDomain>()
            .Gives<EmailDomainJson>(StatusCodes.Status201Created)
            .Versioned();
        api.Put(One, ChangeAsync)
            .Says("Say what addresses of a domain open")
            .Needs(Permission.ConfigureWorkspace)
            .Reads<EmailDomainChange>()
            .Gives<EmailDomainJson>()
            .Versioned()
            .IfMatch();
        api.Post(One + "/check", CheckAsync)
            .Says(
                "Look for the record that proves a domain",
                "409 recordMissing where it is not there, 503 dnsSilent where DNS does not answer."
            )
            .Needs(Permission.ConfigureWorkspace)
            .Gives<EmailDomainJson>();
        api.Delete(One, RemoveAsync).Says("Give an e-mail domain up").Needs(Permission.ConfigureWorkspace).Gives<EmailDomainJson>();
        api.Get(Requests, QueueAsync)
            .Says("List join requests", "Those that wait, the longest first, at most 200.")
            .Needs(Permission.InviteMembers)
            .Gives<ListJson<JoinRequestJson>>();
        api.Post(Requests + "/{id}/approve", ApproveAsync)
            .Says("Approve a join request", "The person is invited by mail. The domain is looked at once more.")
            .Needs(Permission.InviteMembers)
            .Reads<Approval>()
            .Gives<JoinRequestJson>();
        api.Post(Requests + "/{id}/reject", RejectAsync)
            .Says("Reject a join request", "The person is told by mail.")
            .Needs(Permission.InviteMembers)
            .Gives<JoinRequestJson>();
    }

    private static async Task<ApiAnswer> ListAsync(ApiCall call) =>
        (await call.Act<ListEmailDomains>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var domains, out var refusal)
            ? ApiAnswer.Ok(
                new EmailDomainsJson { JoinAllowed = domains.IsAllowed, Items = [.. domains.Domains.Select(EmailDomainJson.Of)] }
            )
            : refusal;

    private static Task<ApiAnswer> ClaimAsync(ApiCall call) =>
        call.WithAsync<NewEmailDomain>(async wanted =>
            (
                await call.Act<ClaimEmailDomain>().RunAsync(call.Actor, call.Workspace.Id, wanted.Domain, wanted.Join, wanted.Role, call.Ct)
            ).Is(out var domain, out var refusal)
                ? ApiAnswer.Created(EmailDomainJson.Of(domain), call.Path("/email-domains"), domain.Version)
                : refusal
        );

    private static Task<ApiAnswer> ChangeAsync(ApiCall call) =>
        call.WithAsync<EmailDomainChange>(async wanted =>
            (
                await call.Act<ChangeEmailDomain>()
                    .RunAsync(call.Actor, call.Workspace.Id, call.RouteId<EmailDomain>(), call.Seen, wanted.Join, wanted.Role, call.Ct)
            ).Is(out var domain, out var refusal)
                ? ApiAnswer.Ok(EmailDomainJson.Of(domain), domain.Version)
                : refusal
        );

    private static async Task<ApiAnswer> CheckAsync(ApiCall call) =>
        Shown(await call.Act<CheckEmailDomain>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<EmailDomain>(), call.Ct));

    private static async Task<ApiAnswer> RemoveAsync(ApiCall call) =>
        Shown(await call.Act<RemoveEmailDomain>().RunAsync(call.Actor, call.Workspace.Id, call.RouteId<EmailDomain>(), call.Ct));

    private static async Task<ApiAnswer> QueueAsync(ApiCall call) =>
        (await call.Act<ListJoinRequests>().RunAsync(call.Actor, call.Workspace.Id, call.Ct)).Is(out var waiting, out var refusal)
            ? ApiAnswer.Ok(new ListJson<JoinRequestJson> { Items = [.. waiting.Select(JoinRequestJson.Of)] })
            : refusal;

    private static Task<ApiAnswer> ApproveAsync(ApiCall call) =>
        call.WithAsync<Approval>(async wanted =>
            Shown(
                await call.Act<DecideJoinRequest>()
                    .ApproveAsync(call.Actor, call.Workspace.Id, call.RouteId<JoinRequest>(), wanted.Role, call.Ct)
            )
        );

    private static async Task<ApiAnswer> RejectAsync(ApiCall call) =>
        Shown(await call.Act<DecideJoinRequest>().RejectAsync(call.Actor, call.Workspace.Id, call.RouteId<JoinRequest>(), call.Ct));

    private static ApiAnswer Shown(Outcome<EmailDomain> outcome) =>
        outcome.Is(out var domain, out var refusal) ? ApiAnswer.Ok(EmailDomainJson.Of(domain)) : refusal;

    private static ApiAnswer Shown(Outcome<JoinRequest> outcome) =>
        outcome.Is(out var request, out var refusal) ? ApiAnswer.Ok(JoinRequestJson.Of(request)) : refusal;
}

/// <summary>The domains of a workspace.</summary>
internal sealed record EmailDomainsJson
{
    /// <summary>Whether the operator lets people join by domain here; without it the domains open nothing.</summary>
    public required bool JoinAllowed { get; init; }

    /// <summary>The domains.</summary>
    public required IReadOnlyList<EmailDomainJson> Items { get; init; }
}

/// <summary>An e-mail domain.</summary>
internal sealed record EmailDomainJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The domain in its ASCII form.</summary>
    public required string Domain { get; init; }

    /// <summary>What its addresses open.</summary>
    public required DomainJoin Join { get; init; }

    /// <summary>The key of the role of whoever joins so; null for that of newcomers.</summary>
    public required string? Role { get; init; }

    /// <summary>When it was proven; null while it is not.</summary>
    public required DateTimeOffset? VerifiedAt { get; init; }

    /// <summary>By what.</summary>
    public required DomainProof? VerifiedBy { get; init; }

    /// <summary>The name of the TXT record that proves it.</summary>
    public required string RecordName { get; init; }

    /// <summary>What that record must hold.</summary>
    public required string RecordValue { get; init; }

    /// <summary>When DNS was last asked; null for never.</summary>
    public required DateTimeOffset? CheckedAt { get; init; }

    /// <summary>Counts the changes; for If-Match.</summary>
    public required long Version { get; init; }

    /// <summary>Of a domain.</summary>
    public static EmailDomainJson Of(EmailDomain domain) =>
        new()
        {
            Id = domain.Id.Value,
            Domain = domain.Name,
            Join = domain.Join,
            Role = domain.JoinRole,
            VerifiedAt = domain.VerifiedAt,
            VerifiedBy = domain.VerifiedBy,
            RecordName = domain.Record,
            RecordValue = domain.RecordValue,
            CheckedAt = domain.CheckedAt,
            Version = domain.Version,
        };
}

/// <summary>A domain to claim.</summary>
internal sealed record NewEmailDomain
{
    /// <summary>The domain, as yourcompany.com.</summary>
    public required string Domain { get; init; }

    /// <summary>What addresses of it open once it is proven.</summary>
    public DomainJoin Join { get; init; }

    /// <summary>The key of the role of whoever joins so; null for that of newcomers.</summary>
    public string? Role { get; init; }
}

/// <summary>What addresses of a domain are to open.</summary>
internal sealed record EmailDomainChange
{
    /// <summary>Off, a request that an admin decides, or joining by itself.</summary>
    public required DomainJoin Join { get; init; }

    /// <summary>The key of their role; null for that of newcomers.</summary>
    public string? Role { get; init; }
}

/// <summary>A request to join.</summary>
internal sealed record JoinRequestJson
{
    /// <summary>Its id.</summary>
    public required Guid Id { get; init; }

    /// <summary>The address that was proven.</summary>
    public required string UserName { get; init; }

    /// <summary>How it stands.</summary>
    public required JoinRequestState Status { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was decided; null while it waits.</summary>
    public required DateTimeOffset? DecidedAt { get; init; }

    /// <summary>Of a request.</summary>
    public static JoinRequestJson Of(JoinRequest request) =>
        new()
        {
            Id = request.Id.Value,
            UserName = request.UserName,
            Status = request.State,
            CreatedAt = request.CreatedAt,
            DecidedAt = request.DecidedAt,
        };
}

/// <summary>A yes to a request to join.</summary>
internal sealed record Approval
{
    /// <summary>The key of the role; null for that of the domain.</summary>
    public string? Role { get; init; }
}
