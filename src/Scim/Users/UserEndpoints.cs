using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Members;
using UserManagement.Membership.Provisioning;
using UserManagement.Scim.Groups;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Queries;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Users;

/// <summary>
/// <c>/Users</c> (RFC 7644 section 3): each method reads what was sent, calls one act of the core, and shows what came of it.
/// </summary>
internal sealed class UserEndpoints(
    Store store,
    CursorPages pages,
    CrawlMarks marks,
    ProvisionMember provision,
    UpdateProvisionedMember revise,
    EndMember end
)
{
    /// <summary>GET /Users.</summary>
    public async Task<ScimAnswer> ListAsync(ScimCall call, CancellationToken ct) =>
        call.ListQuery(call.Schemas.User).TryGet(out var query, out var error) ? await FindAsync(call, query, ct) : ScimAnswer.Of(error);

    /// <summary>POST /Users/.search: the same list, asked for in a body.</summary>
    public async Task<ScimAnswer> SearchAsync(ScimCall call, CancellationToken ct) =>
        (await call.SearchQueryAsync(ct, call.Schemas.User)).TryGet(out var query, out var error)
            ? await FindAsync(call, query, ct)
            : ScimAnswer.Of(error);

    /// <summary>GET /Users/{id}.</summary>
    public async Task<ScimAnswer> ReadAsync(ScimCall call, CancellationToken ct)
    {
        if (!call.Projection(call.Schemas.User).TryGet(out var projection, out var error))
        {
            return ScimAnswer.Of(error);
        }

        await using var db = store.Read(call.Actor);
        if (
            !Id<Member>.TryParse(call.Route("id"), out var id)
            || await UserReads.ByIdAsync(db, call.Workspace, id, projection.Wants("groups"), ct) is not { } found
        )
        {
            return NotFound();
        }

        return call.Declines(found.Member.Version) ? ScimAnswer.OtherVersion
            : call.Holds(found.Member.Version)
                ? new ScimAnswer(StatusCodes.Status304NotModified, null)
                {
                    Version = found.Member.Version,
                    ContentLocation = UserView.Location(call, found.Member),
                }
            : await UserView.OneAsync(store, db, call, found, projection, ct);
    }

    /// <summary>POST /Users.</summary>
    public async Task<ScimAnswer> CreateAsync(ScimCall call, CancellationToken ct)
    {
        if (
            !call.Projection(call.Schemas.User).TryGet(out var projection, out var error)
            || !(await ReadBodyAsync(call, ct)).TryGet(out var read, out error)
            || !UserMap.ToFacts(read.Resource, null, call.Schemas.User).TryGet(out var facts, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        call.Note(read.Ignored);
        facts = facts with { PassedOver = ScimCall.Lines(read.Ignored) };
        var beside = new ReadBeside(static (_, _) => { }); // who is new is in no group, unless the act says otherwise
        if (!(await provision.RunAsync(call.Actor, call.Workspace, facts, ct, beside)).Is(out var member, out var refusal))
        {
            return ScimAnswer.Of(refusal);
        }

        return await UserView.OneAsync(store, call, member, projection, beside.IsStale ? null : [], ct) with
        {
            Status = StatusCodes.Status201Created,
            Outcome = member.AwaitsDecision ? ProvisioningOutcome.Held : ProvisioningOutcome.Created,
            Location = UserView.Location(call, member),
        };
    }

    /// <summary>PUT /Users/{id}.</summary>
    public async Task<ScimAnswer> ReplaceAsync(ScimCall call, CancellationToken ct)
    {
        if (
            !call.Projection(call.Schemas.User).TryGet(out var projection, out var error)
            || !(await ReadBodyAsync(call, ct)).TryGet(out var read, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        call.Note(read.Ignored);
        return await ReviseAsync(
            call,
            projection,
            () => read.Ignored,
            member =>
            {
                var before = UserMap.ToResource(member);
                return ResourceReader.CheckImmutable(before, read.Resource, call.Schemas.User) is { } refused
                    ? refused
                    : UserMap.ToFacts(read.Over(before), member, call.Schemas.User);
            },
            ct
        );
    }

    /// <summary>PATCH /Users/{id}. The body is checked before anybody is looked up.</summary>
    public async Task<ScimAnswer> PatchAsync(ScimCall call, CancellationToken ct)
    {
        if (
            !call.Projection(call.Schemas.User).TryGet(out var projection, out var error)
            || !(await call.BodyAsync(ct)).TryGet(out var body, out error)
            || !PatchRequest.Read(body, call.Schemas.User, call.PatchOptions).TryGet(out var request, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        var ignored = request.Ignored;
        var answer = await ReviseAsync(
            call,
            projection,
            () => ignored,
            member =>
            {
                if (
                    !PatchEngine
                        .Apply(UserMap.ToResource(member), request, call.Schemas.User, call.PatchOptions)
                        .TryGet(out var patched, out var refused)
                )
                {
                    return refused;
                }

                ignored = patched.Ignored;
                return patched.Changed ? UserMap.ToFacts(patched.Resource, member, call.Schemas.User) : MemberAttributes.Of(member);
            },
            ct
        );
        call.Note(ignored);
        return answer;
    }

    /// <summary>DELETE /Users/{id}.</summary>
    public async Task<ScimAnswer> DeleteAsync(ScimCall call, CancellationToken ct)
    {
        if (!Id<Member>.TryParse(call.Route("id"), out var id))
        {
            return NotFound();
        }

        return !(await end.RunAsync(call.Actor, call.Workspace, id, call.Accepts, ct)).Is(out var isHeld, out var refusal) ? Shown(refusal)
            : isHeld ? ScimAnswer.NoContent with { Outcome = ProvisioningOutcome.Held }
            : ScimAnswer.NoContent;
    }

    private async Task<ScimAnswer> FindAsync(ScimCall call, Query query, CancellationToken ct)
    {
        if (!query.Projection(call.Schemas.User).TryGet(out var projection, out var error))
        {
            return ScimAnswer.Of(error);
        }

        var paging = query.Paging;
        await using var db = store.Read(call.Actor);
        if (query.IsByCursor || query.SortBy is not null)
        {
            return await ListedAsync(db, call, query, projection, ct);
        }

        if (query.Filter is null)
        {
            return await AllAsync(db, call, paging, projection, ct);
        }

        if (UserFilter.UserName(query.Filter) is { } userName)
        {
            var found = call.IsMapped
                ? await UserReads.BySentNameAsync(db, call.Workspace, userName, projection.Wants("groups"), ct)
                : await UserReads.ByUserNameAsync(db, call.Workspace, userName, projection.Wants("groups"), ct);
            return ScimAnswer.List(
                found is null ? 0 : 1,
                paging.StartIndex,
                found is null || paging.Offset > 0 || paging.Count == 0
                    ? []
                    : await UserView.ManyAsync(store, db, call, [found], projection, ct)
            ) with
            {
                About = found is null ? null : About.Of(found.Member),
                Outcome = found is null ? ProvisioningOutcome.Absent : null,
            };
        }

        return (await new UserListing(db, call).FindAsync(query, new Window(paging.Offset, paging.Count), ct)).TryGet(
            out var listed,
            out error
        )
            ? ScimAnswer.List(
                listed.Total,
                paging.StartIndex,
                (await UserView.ManyAsync(store, call, listed.Rows, projection, fromEnd: false, ct)).Resources
            )
            : ScimAnswer.Of(error);
    }

    /// <summary>
    /// Everybody, page by page: who crawls from page to page goes on where the last page ended, at the cost of the first.
    /// </summary>
    private async Task<ScimAnswer> AllAsync(MembershipDb db, ScimCall call, Paging paging, Projection projection, CancellationToken ct)
    {
        var crawler = call.Directory.Actor.Id ?? Guid.Empty;
        var mark = marks.Find(crawler, paging.Offset);
        var (total, page, _) = await UserReads.AllAsync(
            db,
            call.Workspace,
            mark,
            mark is null ? paging.Offset : 0,
            paging.Count,
            MostGroups(call, projection),
            ct
        );
        if (page.Count > 0)
        {
            marks.Keep(crawler, paging.Offset + page.Count, page[^1].Member.Id);
        }

        return ScimAnswer.List(total, paging.StartIndex, await UserView.ManyAsync(store, db, call, page, projection, ct));
    }

    private static int MostGroups(ScimCall call, Projection projection) => projection.Wants("groups") ? call.Limits.References : 0;

    /// <summary>Everybody from a cursor on: one round trip, as a page by number.</summary>
    private async Task<ScimAnswer> AllAfterAsync(
        MembershipDb db,
        ScimCall call,
        Query query,
        Slice slice,
        Projection projection,
        CancellationToken ct
    )
    {
        var after = slice.From is { } from ? new Id<Member>(from) : (Id<Member>?)null;
        var (total, rows, isCut) = await UserReads.AllAsync(
            db,
            call.Workspace,
            after,
            0,
            slice.Count + 1,
            MostGroups(call, projection),
            ct
        );
        var page = new Cut<FoundMember>([.. rows.Take(slice.Count)], isCut || rows.Count > slice.Count);
        return pages.Show(
            call,
            call.Schemas.User,
            query,
            slice,
            page,
            m => m.Member.Id.Value,
            total,
            await UserView.ManyAsync(store, db, call, page.Rows, projection, ct)
        );
    }

    /// <summary>Lists with an order of their own, and pages by cursor.</summary>
    private async Task<ScimAnswer> ListedAsync(MembershipDb db, ScimCall call, Query query, Projection projection, CancellationToken ct)
    {
        var isById = query.IsByCursor && query.SortBy is null;
        Slice? slice = null;
        Window? window = isById ? null : new Window(query.Paging.Offset, query.Count);
        if (isById && !pages.Read(call, call.Schemas.User, query).TryGet(out slice, out var error))
        {
            return ScimAnswer.Of(error);
        }

        if (slice is { Kind: CursorKind.Next, Count: > 0 } && query.Filter is null)
        {
            return await AllAfterAsync(db, call, query, slice, projection, ct);
        }

        if (
            (!isById && query.IsByCursor && !pages.ReadCounted(call, call.Schemas.User.Endpoint, query).TryGet(out window, out error))
            || !(await new UserListing(db, call).FindAsync(query, window ?? new Window(0, query.Count, slice), ct)).TryGet(
                out var found,
                out error
            )
        )
        {
            return ScimAnswer.Of(error);
        }

        var shown = await UserView.ManyAsync(
            store,
            call,
            found.Rows,
            projection,
            fromEnd: slice?.Kind == CursorKind.Previous || window is { IsBack: true },
            ct
        );
        return slice is not null
                ? pages.Show(
                    call,
                    call.Schemas.User,
                    query,
                    slice,
                    shown.Of(found.Rows, found.GoesOn),
                    m => m.Id.Value,
                    found.Total,
                    shown.Resources
                )
            : query.IsByCursor ? pages.ShowCounted(call, call.Schemas.User.Endpoint, query, window!, found.Total, shown)
            : ScimAnswer.List(found.Total, query.StartIndex, shown.Resources);
    }

    private static async Task<ScimResult<ReadResource>> ReadBodyAsync(ScimCall call, CancellationToken ct) =>
        (await call.BodyAsync(ct)).TryGet(out var body, out var error)
            ? ResourceReader.Read(body, call.Schemas.User, call.ReadOptions, call.ResourceId)
            : error;

    /// <summary>
    /// The one write path of PUT and PATCH: the revision may run several times, each time on the member as they are then.
    /// </summary>
    private async Task<ScimAnswer> ReviseAsync(
        ScimCall call,
        Projection projection,
        Func<IReadOnlyList<PassedOver>> passedOver,
        Func<Member, ScimResult<MemberAttributes>> change,
        CancellationToken ct
    )
    {
        if (!Id<Member>.TryParse(call.Route("id"), out var id))
        {
            return NotFound();
        }

        Member? before = null;
        BatchedRead<Reference>? groups = null;
        var beside =
            call.Operation is null && projection.Wants("groups")
                ? new ReadBeside((batch, db) => groups = UserReads.AddGroups(batch, db, call.Workspace, id))
                : null;
        var revised = await revise.RunAsync(
            call.Actor,
            call.Workspace,
            id,
            call.Accepts,
            member =>
            {
                before = member;
                return change(member).TryGet(out var facts, out var error)
                    ? facts with
                    {
                        PassedOver = ScimCall.Lines(passedOver()),
                    }
                    : new RefusedRevision(error);
            },
            ct,
            beside
        );
        return revised.Is(out var member, out var refusal)
            ? await UserView.OneAsync(store, call, member, projection, beside is { IsStale: false } ? groups?.Rows : null, ct) with
            {
                Outcome = About.CameOf(before, member),
            }
            : Shown(refusal);
    }

    private static ScimAnswer Shown(Refusal refusal) => refusal.Kind == RefusalKind.NotFound ? NotFound() : ScimAnswer.Of(refusal);

    private static ScimAnswer NotFound() =>
        ScimAnswer.Of(ScimError.NotFound("There is no such user.")) with
        {
            Refusal = Refusal.NotFound("member"),
        };
}
