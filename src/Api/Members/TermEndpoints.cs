using UserManagement.Api.Http;
using UserManagement.Membership;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;

namespace UserManagement.Api.Members;

/// <summary>Until when somebody is a member.</summary>
internal static class TermEndpoints
{
    public static Task<ApiAnswer> SetAsync(ApiCall call) =>
        call.WithAsync<TermChange>(async change =>
            (
                await call.Act<SetMemberTerm>()
                    .RunAsync(
                        call.Actor,
                        call.Workspace.Id,
                        call.RouteId<Member>(),
                        change.EndsAt,
                        change.SponsorId is { } sponsor ? new Id<Member>(sponsor) : null,
                        call.Ct
                    )
            ).Is(out var term, out var refusal)
                ? ApiAnswer.Ok(TermChange.Of(term))
                : refusal
        );
}

/// <summary>Until when somebody is a member, and who answers for them.</summary>
internal sealed record TermChange
{
    /// <summary>When they are suspended; null for never.</summary>
    public required DateTimeOffset? EndsAt { get; init; }

    /// <summary>The id of the member who is reminded before; null for the admins.</summary>
    public Guid? SponsorId { get; init; }

    /// <summary>Of a term; of none without an end.</summary>
    public static TermChange Of(MemberTerm? term) => new() { EndsAt = term?.EndsAt, SponsorId = term?.SponsorId?.Value };
}
