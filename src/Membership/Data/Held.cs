using UserManagement.Membership.Licensing;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// What the acts of one request mean to write, put aside until the request's answer is known: both leave in one transaction, or
/// neither does. While it is entered, an act that planned something is told that it is done. An act that is written in parts,
/// each by itself, says so (<see cref="WriteInParts"/>): then the claim of the request leaves with the first part.
/// </summary>
/// <param name="full">Counters in which an earlier run of the request found no room.</param>
/// <param name="isFirst">Whether it is the request's first run.</param>
/// <param name="claim">Writes that the request has come, without an answer yet.</param>
/// <param name="rehearses">Whether what is put aside is never written: what an act would do is looked at, and nobody is told of it.</param>
internal sealed class Held(HashSet<CounterId> full, bool isFirst, Action<Changes> claim, bool rehearses = false) : IDisposable
{
    private static readonly AsyncLocal<Held?> Ambient = new();
    private readonly Held? _around = Current;
    private bool _isOver;
    private bool _inParts;

    /// <summary>The one that the code running now is in; null for none. Whatever outlives the request is in none.</summary>
    public static Held? Current => Ambient.Value is { _isOver: false } held ? held : null;

    /// <summary>Counters in which an earlier run of the request found no room.</summary>
    public HashSet<CounterId> Full => full;

    /// <summary>Whether it is the request's first run.</summary>
    public bool IsFirst => isFirst;

    /// <summary>Whether nothing of it is ever written.</summary>
    public bool Rehearses => rehearses;

    /// <summary>What was put aside; null for nothing.</summary>
    public Changes? Changes { get; private set; }

    /// <summary>Where the act put it aside; null for the installation.</summary>
    public Id<Workspace>? Workspace { get; private set; }

    /// <summary>Whether a part is written, and the claim with it.</summary>
    public bool IsClaimed { get; private set; }

    /// <summary>The act that runs now writes each part by itself. Called before the first.</summary>
    public static void WriteInParts()
    {
        if (Current is { Changes: null, Rehearses: false } held)
        {
            held._inParts = true;
        }
    }

    /// <summary>Enters it: what runs from here on, in this flow, is in it until it is disposed.</summary>
    public Held Enter()
    {
        Ambient.Value = this;
        return this;
    }

    /// <summary>Puts an act's changes aside.</summary>
    /// <returns>False when they are to be written at once.</returns>
    public bool Take(Id<Workspace>? workspace, Changes changes)
    {
        if (_inParts)
        {
            if (!IsClaimed)
            {
                claim(changes);
            }

            return false;
        }

        if (Changes is null)
        {
            (Changes, Workspace) = (changes, workspace);
        }
        else
        {
            Changes.Join(changes);
        }

        return true;
    }

    /// <summary>A part was written.</summary>
    public void Written() => IsClaimed = true;

    /// <summary>Leaves it, for the one around it.</summary>
    public void Dispose()
    {
        _isOver = true;
        Ambient.Value = _around;
    }
}
