using UserManagement.Membership;
using UserManagement.Membership.Data;
using UserManagement.Membership.Workspaces;
using UserManagement.Scim.Http;

namespace UserManagement.Scim.Groups;

/// <summary>
/// Resources behind one another on a page that are read together, because they have few references: they are read when the first of them
/// goes out, and let go of with the last. The moment of reading is later than that of their ETags, as with
/// <see cref="StreamedReferences"/>.
/// </summary>
internal sealed class ReferencePart(Store store, Id<Workspace> workspace, ReferenceReads reads, IReadOnlyList<Guid> owners)
{
    private ILookup<Guid, Reference>? _found;
    private bool _isRead;

    /// <summary>
    /// Cuts a page into parts that have at most <see cref="ReferenceReads.Chunk"/> together, one that has more by itself.
    /// </summary>
    public static IEnumerable<IReadOnlyList<T>> Of<T>(IReadOnlyList<T> page, Func<T, int> size)
    {
        var (part, sum) = (new List<T>(), 0L);
        foreach (var one in page)
        {
            if (part.Count > 0 && sum + size(one) > ReferenceReads.Chunk)
            {
                yield return part;
                (part, sum) = ([], 0);
            }

            part.Add(one);
            sum += size(one);
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    /// <summary>
    /// The references of one of them, each asked for once and in order; null where so many have just come that each must be read by itself.
    /// </summary>
    public async Task<IEnumerable<Reference>?> OfAsync(Guid owner, CancellationToken ct)
    {
        if (!_isRead)
        {
            await using var db = store.Read();
            var found = await reads.ManyAsync(db, workspace, [.. owners], ReferenceReads.Chunk + 1, ct);
            (_isRead, _found) = (true, found.Count > ReferenceReads.Chunk ? null : found.ToLookup(r => r.Owner));
        }

        var mine = _found?[owner];
        _found = owner == owners[^1] ? null : _found;
        return mine;
    }
}

/// <summary>One of a <see cref="ReferencePart"/>.</summary>
/// <param name="Part">Where its references are.</param>
/// <param name="Alone">The same, read by itself.</param>
internal sealed record PartlyStreamedReferences(ReferencePart Part, StreamedReferences Alone) : IStreamed
{
    /// <inheritdoc/>
    public async Task WriteToAsync(AnswerStream answer, CancellationToken ct)
    {
        if (await Part.OfAsync(Alone.Owner, ct) is not { } references)
        {
            await Alone.WriteToAsync(answer, ct);
            return;
        }

        var rest = ShownWithReferences.Begin(answer.Json, Alone.Head, Alone.Shape);
        foreach (var item in references)
        {
            Alone.Shape.Write(answer.Json, item);
            await answer.PassAsync(ct);
        }

        ShownWithReferences.End(answer.Json, rest, Alone.Shape);
    }
}
