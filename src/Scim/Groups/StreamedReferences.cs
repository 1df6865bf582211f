using System.Text.Json.Nodes;
using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;

namespace UserManagement.Scim.Groups;

/// <summary>
/// A resource with more references than are read at once. They are read behind one another by their ids, each part in a
/// statement of its own: no snapshot and no connection waits for a slow client. The resource may therefore change between
/// two parts. Its ETag is that of the moment before the first part, and every change of the references counts the version in
/// the same transaction: as long as the ETag is the current one, what was shown is whole and exact; once it is not, the
/// client is told so by 412 at its next conditional write and gets a new answer at its next conditional read (RFC 7644
/// section 3.14). A reader without conditions sees what a reader of pages sees.
/// </summary>
internal sealed record StreamedReferences(
    Store Store,
    Id<Workspace> Workspace,
    Guid Owner,
    JsonObject Head,
    References Shape,
    ReferenceReads Reads
) : IStreamed
{
    /// <inheritdoc/>
    public async Task WriteToAsync(AnswerStream answer, CancellationToken ct)
    {
        var rest = ShownWithReferences.Begin(answer.Json, Head, Shape);
        await using var db = Store.Read();
        var after = Guid.Empty;
        var goesOn = true;
        while (goesOn)
        {
            var some = await Reads.NextAsync(db, Workspace, Owner, after, ct);
            foreach (var item in some)
            {
                Shape.Write(answer.Json, item);
                await answer.PassAsync(ct);
            }

            goesOn = some.Count == ReferenceReads.Chunk;
            after = goesOn ? some[^1].Id : after;
        }

        ShownWithReferences.End(answer.Json, rest, Shape);
    }
}
