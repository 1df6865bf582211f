using System.Globalization;
using System.Text;

namespace UserManagement.Scim.Protocol.Filters;

internal enum TokenKind
{
    End,
    Word,
    Text,
    OpenRound,
    CloseRound,
    OpenSquare,
    CloseSquare,
    Broken,
}

/// <summary>Cuts a filter or a PATCH path into tokens, one at a time. <see cref="Text"/> of a broken token is the reason.</summary>
internal sealed class FilterTokens(string source)
{
    private int _at;

    public TokenKind Kind { get; private set; }

    public string Text { get; private set; } = "";

    /// <summary>True when white space stands before the current token.</summary>
    public bool Spaced { get; private set; }

    public void Next()
    {
        Spaced = SkipBlanks();
        Text = "";
        if (_at == source.Length)
        {
            Kind = TokenKind.End;
            return;
        }
        switch (source[_at])
        {
            case '(':
                One(TokenKind.OpenRound);
                break;
            case ')':
                One(TokenKind.CloseRound);
                break;
            case '[':
                One(TokenKind.OpenSquare);
                break;
            case ']':
                One(TokenKind.CloseSquare);
                break;
            case '"':
                ReadText();
                break;
            default:
                ReadWord();
                break;
        }
    }

    /// <summary>
    /// The next token where a value stands: a tolerant reading takes other marks than JSON's, and the value is the text between.
    /// </summary>
    public void NextValue()
    {
        SkipBlanks();
        if (_at < source.Length && Quotes.KindOf(source[_at]) is { } kind)
        {
            ReadMarked(kind);
        }
        else
        {
            Next();
        }
    }

    /// <summary>True for text that cannot be stored or compared: NUL, or half a surrogate pair.</summary>
    public static bool IsBroken(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\0')
            {
                return true;
            }
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }
        return false;
    }

    private bool SkipBlanks()
    {
        var start = _at;
        while (_at < source.Length && char.IsWhiteSpace(source[_at]))
        {
            _at++;
        }
        return _at > start;
    }

    private void One(TokenKind kind)
    {
        Kind = kind;
        Text = source[_at++].ToString();
    }

    private void ReadWord()
    {
        var start = _at;
        while (_at < source.Length && !char.IsWhiteSpace(source[_at]) && source[_at] is not ('(' or ')' or '[' or ']' or '"'))
        {
            _at++;
        }
        Kind = TokenKind.Word;
        Text = source[start.._at];
    }

    private void ReadText()
    {
        var text = new StringBuilder();
        for (_at++; _at < source.Length; _at++)
        {
            switch (source[_at])
            {
                case '"':
                    _at++;
                    Kind = TokenKind.Text;
                    Text = text.ToString();
                    if (IsBroken(Text))
                    {
                        Break("A string is not valid Unicode, or holds a NUL character.");
                    }
                    return;
                case '\\':
                    if (!ReadEscape(text))
                    {
                        Break("A string has an escape that JSON does not know.");
                        return;
                    }
                    break;
                case < ' ':
                    Break("A string holds a control character that is not escaped.");
                    return;
                default:
                    text.Append(source[_at]);
                    break;
            }
        }
        Break("A string is not closed.");
    }

    /// <summary>
    /// Text between other marks than JSON's. It ends at a mark of the same kind behind which nothing more of a word comes, so
    /// that O'Brien can stand in single ones; a mark inside may also be doubled, or have a backslash before it. JSON's escapes
    /// mean what they mean in its own marks.
    /// </summary>
    private void ReadMarked(string kind)
    {
        var text = new StringBuilder();
        for (_at++; _at < source.Length; _at++)
        {
            var c = source[_at];
            var next = _at + 1 < source.Length ? source[_at + 1] : ' ';
            if (c < ' ')
            {
                Break("A string holds a control character.");
                return;
            }
            var isMark = kind.Contains(c, StringComparison.Ordinal);
            if ((c == '\\' && kind.Contains(next, StringComparison.Ordinal)) || (isMark && next == c))
            {
                text.Append(next);
                _at++;
            }
            else if (c == '\\')
            {
                if (!ReadEscape(text))
                {
                    Break("A string has an escape that JSON does not know.");
                    return;
                }
            }
            else if (isMark && (char.IsWhiteSpace(next) || next is ')' or ']'))
            {
                _at++;
                (Kind, Text) = (TokenKind.Text, text.ToString());
                if (IsBroken(Text))
                {
                    Break("A string is not valid Unicode, or holds a NUL character.");
                }
                else if (Text.Length > 0 && (Quotes.IsMark(Text[0]) || Quotes.IsMark(Text[^1])))
                {
                    Break("A value has quotation marks within quotation marks.");
                }
                return;
            }
            else
            {
                text.Append(c);
            }
        }
        Break("A string is not closed by the mark that opens it.");
    }

    private bool ReadEscape(StringBuilder text)
    {
        if (++_at >= source.Length)
        {
            return false;
        }
        if (source[_at] == 'u')
        {
            if (
                _at + 4 >= source.Length
                || !ushort.TryParse(source.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            )
            {
                return false;
            }
            text.Append((char)code);
            _at += 4;
            return true;
        }
        var index = "\"\\/bfnrt".IndexOf(source[_at], StringComparison.Ordinal);
        if (index < 0)
        {
            return false;
        }
        text.Append("\"\\/\b\f\n\r\t"[index]);
        return true;
    }

    private void Break(string reason)
    {
        Kind = TokenKind.Broken;
        Text = reason;
        _at = source.Length;
    }
}
