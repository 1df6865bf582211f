using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Provisioning;
using UserManagement.Scim.Http;
using UserManagement.Scim.Protocol;
using UserManagement.Scim.Protocol.Patch;
using UserManagement.Scim.Protocol.Queries;
using UserManagement.Scim.Protocol.Resources;
using UserManagement.Scim.Protocol.Schemas;
using UserManagement.Scim.Queries;
using UserManagement.Scim.Stories;

namespace UserManagement.Scim.Groups;

/// <summary><c>/Groups</c> (RFC 7644 section 3). A PATCH of members is a delta: the list of a large group is never loaded for it.</summary>
internal sealed class GroupEndpoints(Store store, CursorPages pages, CreateGroup create, ReviseGroup revise, DeleteGroup delete)
{
    private static ScimResourceType Type => SchemaRegistry.Default.Group;

    /// <summary>GET /Groups.</summary>
    public async Task<ScimAnswer> ListAsync(ScimCall call, CancellationToken ct) =>
        call.ListQuery(Type).TryGet(out var query, out var error) ? await FindAsync(call, query, ct) : ScimAnswer.Of(error);

    /// <summary>POST /Groups/.search: the same list, asked for in a body.</summary>
    public async Task<ScimAnswer> SearchAsync(ScimCall call, CancellationToken ct) =>
        (await call.SearchQueryAsync(ct, Type)).TryGet(out var query, out var error)
            ? await FindAsync(call, query, ct)
            : ScimAnswer.Of(error);

    /// <summary>GET /Groups/{id}.</summary>
    public async Task<ScimAnswer> ReadAsync(ScimCall call, CancellationToken ct)
    {
        if (!call.Projection(Type).TryGet(out var projection, out var error))
        {
            return ScimAnswer.Of(error);
        }

        await using var db = store.Read(call.Actor);
        if (!Id<Group>.TryParse(call.Route("id"), out var id) || await GroupReads.ByIdAsync(db, call.Workspace, id, ct) is not { } group)
        {
            return NotFound();
        }

        return call.Declines(group.Version) ? ScimAnswer.OtherVersion
            : call.Holds(group.Version)
                ? new ScimAnswer(StatusCodes.Status304NotModified, null)
                {
                    Version = group.Version,
                    ContentLocation = GroupView.Location(call, group),
                }
            : await GroupView.OneAsync(store, call, group, projection, hasMembers: true, ct);
    }

    /// <summary>POST /Groups.</summary>
    public async Task<ScimAnswer> CreateAsync(ScimCall call, CancellationToken ct)
    {
        List<PassedOver> passedOver = [];
        if (
            !call.Projection(Type).TryGet(out var projection, out var error)
            || !(await ReadBodyAsync(call, ct)).TryGet(out var body, out error)
            || !MemberReference.Take(body.Read.Resource).TryGet(out var named, out error)
            || !GroupMap.Ids(call, named, body.Rest, passedOver).TryGet(out var members, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        call.Note(body.Read.Ignored);
        var facts = GroupMap.ToFacts(body.Read.Resource) with { PassedOver = ScimCall.Lines([.. body.Read.Ignored, .. passedOver]) };
        if (!(await create.RunAsync(call.Actor, call.Workspace, facts, members, ct)).Is(out var made, out var refusal))
        {
            return ScimAnswer.Of(refusal);
        }

        call.NoteUnknown(made.Unknown.Count);
        return await GroupView.OneAsync(store, call, made.Group, projection, hasMembers: made.Added > 0, ct) with
        {
            Status = StatusCodes.Status201Created,
            Outcome = ProvisioningOutcome.Created,
            NotHere = made.Unknown.Count,
            Location = GroupView.Location(call, made.Group),
        };
    }

    /// <summary>
    /// PUT /Groups/{id}: name and exactly these members. A body without <c>members</c> empties the group (RFC 7644 section 3.5.1).
    /// </summary>
    public async Task<ScimAnswer> ReplaceAsync(ScimCall call, CancellationToken ct)
    {
        List<PassedOver> passedOver = [];
        if (
            !call.Projection(Type).TryGet(out var projection, out var error)
            || !(await ReadBodyAsync(call, ct)).TryGet(out var body, out error)
            || !MemberReference.Take(body.Read.Resource).TryGet(out var named, out error)
            || !GroupMap
                .ToSteps(
                    call,
                    [new(named.Count == 0 ? MemberChangeKind.RemoveAll : MemberChangeKind.ReplaceAll, named) { List = body.List }],
                    body.Lists,
                    passedOver
                )
                .TryGet(out var steps, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        call.Note(body.Read.Ignored);
        return await ReviseAsync(
            call,
            group => new Wanted(GroupMap.ToFacts(body.Read.Resource, group), steps),
            () => [.. body.Read.Ignored, .. passedOver],
            projection,
            hasBody: true,
            ct
        );
    }

    /// <summary>
    /// PATCH /Groups/{id}. The body is checked before the group is looked up. 204 unless attributes are asked for, or something was passed
    /// over and nothing else is different.
    /// </summary>
    public async Task<ScimAnswer> PatchAsync(ScimCall call, CancellationToken ct)
    {
        List<PassedOver> passedOver = [];
        var lists = new LongLists(() => new MemberIds(some => MemberReference.ReadList(some, call.PatchOptions.Strict)));
        if (
            !call.Projection(Type).TryGet(out var projection, out var error)
            || !(await call.BodyAsync(lists, ct)).TryGet(out var body, out error)
            || !PatchRequest.Read(body, Type, call.PatchOptions).TryGet(out var request, out error)
            || !GroupPatch.Read(request, Type, call.PatchOptions).TryGet(out var patch, out error)
            || !GroupMap.ToSteps(call, patch.Members, lists, passedOver).TryGet(out var steps, out error)
        )
        {
            return ScimAnswer.Of(error);
        }

        var ignored = request.Ignored;
        var answer = await ReviseAsync(
            call,
            group =>
            {
                if (patch.Attributes.Operations.Count == 0)
                {
                    return new Wanted(GroupFacts.Of(group), steps);
                }

                if (
                    !PatchEngine
                        .Apply(GroupMap.ToResource(group), patch.Attributes, Type, call.PatchOptions)
                        .TryGet(out var patched, out var refused)
                )
                {
                    return refused;
                }

                ignored = patched.Ignored;
                return new Wanted(GroupMap.ToFacts(patched.Resource, group), steps);
            },
            () => [.. ignored, .. passedOver],
            projection,
            hasBody: projection.IsExplicit,
            ct
        );
        call.Note(ignored);
        return answer;
    }

    /// <summary>DELETE /Groups/{id}.</summary>
    public async Task<ScimAnswer> DeleteAsync(ScimCall call, CancellationToken ct)
    {
        if (!Id<Group>.TryParse(call.Route("id"), out var id))
        {
            return NotFound();
        }

        return (await delete.RunAsync(call.Actor, call.Workspace, id, call.Accepts, ct)).Refusal is { } refusal
            ? Shown(refusal)
            : ScimAnswer.NoContent;
    }

    private async Task<ScimAnswer> FindAsync(ScimCall call, Query query, CancellationToken ct)
    {
        if (!query.Projection(Type).TryGet(out var projection, out var error))
        {
            return ScimAnswer.Of(error);
        }

        var paging = query.Paging;
        await using var db = store.Read(call.Actor);
        long total;
        IReadOnlyList<Group> page;
        if (query.IsByCursor || query.SortBy is not null)
        {
            return await ListedAsync(db, call, query, projection, ct);
        }

        if (query.Filter is null)
        {
            (total, page) = await GroupReads.AllAsync(db, call.Workspace, paging.Offset, paging.Count, ct);
        }
        else if (
            (await new GroupListing(db, call).FindAsync(query, new Window(paging.Offset, paging.Count), ct)).TryGet(
                out var listed,
                out error
            )
        )
        {
            (total, page) = (listed.Total, listed.Rows);
        }
        else
        {
            return ScimAnswer.Of(error);
        }

        return ScimAnswer.List(
            total,
            paging.StartIndex,
            (await GroupView.ManyAsync(store, call, page, projection, fromEnd: false, ct)).Resources
        );
    }

    /// <summary>Lists with an order of their own, and pages by cursor.</summary>
    private async Task<ScimAnswer> ListedAsync(MembershipDb db, ScimCall call, Query query, Projection projection, CancellationToken ct)
    {
        var isById = query.IsByCursor && query.SortBy is null;
        Slice? slice = null;
        Window? window = isById ? null : new Window(query.Paging.Offset, query.Count);
        if (
            (isById && !pages.Read(call, Type, query).TryGet(out slice, out var error))
            || (!isById && query.IsByCursor && !pages.ReadCounted(call, Type.Endpoint, query).TryGet(out window, out error))
            || !(await new GroupListing(db, call).FindAsync(query, window ?? new Window(0, query.Count, slice), ct)).TryGet(
                out var found,
                out error
            )
        )
        {
            return ScimAnswer.Of(error);
        }

        var shown = await GroupView.ManyAsync(
            store,
            call,
            found.Rows,
            projection,
            fromEnd: slice?.Kind == CursorKind.Previous || window is { IsBack: true },
            ct
        );
        return slice is not null
                ? pages.Show(call, Type, query, slice, shown.Of(found.Rows, found.GoesOn), m => m.Id.Value, found.Total, shown.Resources)
            : query.IsByCursor ? pages.ShowCounted(call, Type.Endpoint, query, window!, found.Total, shown)
            : ScimAnswer.List(found.Total, query.StartIndex, shown.Resources);
    }

    private static async Task<ScimResult<GroupBody>> ReadBodyAsync(ScimCall call, CancellationToken ct)
    {
        // the rest of a long list by the same rules as its beginning, as if it were the list of a group of its own
        var lists = new LongLists(() =>
            new MemberIds(some =>
                ResourceReader
                    .Read(
                        new JsonObject
                        {
                            ["schemas"] = new JsonArray(ScimUrn.Group),
                            ["displayName"] = "-",
                            ["members"] = some,
                        },
                        Type,
                        call.ReadOptions
                    )
                    .TryGet(out var part, out var wrong)
                    ? MemberReference.Take(part.Resource)
                    : wrong
            )
        );
        return
            (await call.BodyAsync(lists, ct)).TryGet(out var body, out var error)
            && ResourceReader.Read(body, Type, call.ReadOptions, call.ResourceId).TryGet(out var read, out error)
            ? new GroupBody(read, MemberReference.ListIn(body, Type), lists)
            : error;
    }

    private async Task<ScimAnswer> ReviseAsync(
        ScimCall call,
        Func<Group, ScimResult<Wanted>> change,
        Func<IReadOnlyList<PassedOver>> passedOver,
        Projection projection,
        bool hasBody,
        CancellationToken ct
    )
    {
        if (!Id<Group>.TryParse(call.Route("id"), out var id))
        {
            return NotFound();
        }

        IReadOnlyList<string> left = [];
        var revised = await revise.RunAsync(
            call.Actor,
            call.Workspace,
            id,
            call.Accepts,
            group =>
            {
                if (!change(group).TryGet(out var wanted, out var error))
                {
                    return new RefusedRevision(error);
                }

                left = ScimCall.Lines(passedOver());
                return (wanted.Facts with { PassedOver = left }, wanted.Steps);
            },
            ct
        );
        if (!revised.Is(out var changed, out var refusal))
        {
            return Shown(refusal);
        }

        call.NoteUnknown(changed.Unknown.Count);
        var outcome = changed.IsSame ? ProvisioningOutcome.Unchanged : ProvisioningOutcome.Changed;
        if (!hasBody && !(changed.IsSame && left.Count + changed.Unknown.Count > 0))
        {
            // where rivals were quicker this version is already gone, and who holds it is told so by 412
            return ScimAnswer.NoContent with
            {
                Version = changed.Group.Version,
                About = About.Of(changed.Group),
                Outcome = outcome,
                NotHere = changed.Unknown.Count,
            };
        }

        // rivals may have changed the group as well: show it as it is now, with the version that belongs to that
        await using var db = store.Read(call.Actor);
        var group = await GroupReads.ByIdAsync(db, call.Workspace, id, ct) ?? changed.Group;
        return await GroupView.OneAsync(store, call, group, projection, hasMembers: true, ct) with
        {
            Outcome = outcome,
            NotHere = changed.Unknown.Count,
        };
    }

    private static ScimAnswer Shown(Refusal refusal) => refusal.Kind == RefusalKind.NotFound ? NotFound() : ScimAnswer.Of(refusal);

    private static ScimAnswer NotFound() =>
        ScimAnswer.Of(ScimError.NotFound("There is no such group.")) with
        {
            Refusal = Refusal.NotFound("group"),
        };

    /// <summary>What a POST or PUT says of a group.</summary>
    private sealed record GroupBody(ReadResource Read, JsonArray? List, LongLists Lists)
    {
        public ILongList? Rest => Lists.RestOf(List);
    }

    private sealed record Wanted(GroupFacts Facts, IReadOnlyList<MembershipStep> Steps);
}
