using UserManagement.Membership.Data;
using Xunit;

namespace UserManagement.Membership.Tests.Data;

public sealed class LastUsedNotesTests
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void One_use_a_minute_is_noted_for_each_key_also_after_the_clock_was_set_back_and_memory_is_bounded()
    {
        var notes = new LastUsedNotes<string>(most: 2);
        Assert.True(notes.IsDue("a", At));
        Assert.False(notes.IsDue("a", At + Store.NoteInterval - TimeSpan.FromMilliseconds(1)));
        Assert.True(notes.IsDue("b", At));
        Assert.True(notes.IsDue("a", At + Store.NoteInterval));
        Assert.True(notes.IsDue("a", At - TimeSpan.FromHours(1)));
        Assert.True(notes.IsDue("c", At));
        Assert.True(notes.IsDue("b", At));
    }
}
