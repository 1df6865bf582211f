using System.Text.RegularExpressions;

namespace UserManagement.Scim.Protocol.Filters;

/// <summary>
/// Reads filters by recursive descent: <c>or</c> binds less than <c>and</c>, <c>and</c> less than <c>not (...)</c>.
/// Keywords, operators and names are read in any case. The depth is checked before descending, because a stack
/// overflow cannot be caught.
/// </summary>
public sealed partial class FilterParser
{
    private readonly FilterTokens _tokens;
    private readonly FilterOptions _options;
    private ScimError? _error;
    private int _terms;

    private FilterParser(string text, FilterOptions options)
    {
        _tokens = new FilterTokens(text);
        _options = options;
        _tokens.Next();
    }

    /// <summary>Reads a filter. Refusal: 400 invalidFilter, with the reason in the detail. Never throws.</summary>
    public static ScimResult<Filter> Parse(string? text, FilterOptions? options = null)
    {
        options ??= FilterOptions.Default;
        if (string.IsNullOrWhiteSpace(text))
        {
            return ScimError.InvalidFilter("The filter is empty.");
        }
        if (text.Length > options.MaxLength)
        {
            return ScimError.InvalidFilter($"The filter is longer than {options.MaxLength} characters.");
        }
        if (FilterTokens.IsBroken(text))
        {
            return ScimError.InvalidFilter("The filter is not valid Unicode, or holds a NUL character.");
        }
        var parser = new FilterParser(text, options);
        var filter = parser.ReadOr(0, inElement: false);
        if (filter is not null && parser._tokens.Kind != TokenKind.End)
        {
            filter = parser.Fail(parser.Unexpected("'and', 'or' or the end"));
        }
        return filter is null ? parser._error! : filter;
    }

    private Filter? ReadOr(int depth, bool inElement) => ReadChain(depth, inElement, "or");

    private Filter? ReadChain(int depth, bool inElement, string word)
    {
        var isOr = word == "or";
        var first = isOr ? ReadChain(depth, inElement, "and") : ReadTerm(depth, inElement);
        if (first is null || !AtWord(word))
        {
            return first;
        }
        var terms = new List<Filter> { first };
        while (AtWord(word))
        {
            _tokens.Next();
            if ((isOr ? ReadChain(depth, inElement, "and") : ReadTerm(depth, inElement)) is not { } next)
            {
                return null;
            }
            terms.Add(next);
        }
        return isOr ? new Or(terms) : new And(terms);
    }

    private Filter? ReadTerm(int depth, bool inElement)
    {
        if (_tokens.Kind == TokenKind.OpenRound)
        {
            return ReadGroup(depth, inElement);
        }
        if (AtWord("not"))
        {
            _tokens.Next();
            if (_tokens.Kind != TokenKind.OpenRound)
            {
                return Fail("'not' must be followed by a parenthesis.");
            }
            return ReadGroup(depth, inElement) is { } inner ? new Not(inner) : null;
        }
        return ReadAttribute(depth, inElement);
    }

    private Filter? ReadGroup(int depth, bool inElement)
    {
        if (depth >= _options.MaxDepth)
        {
            return Fail($"The filter is nested more than {_options.MaxDepth} deep.");
        }
        _tokens.Next();
        var inner = ReadOr(depth + 1, inElement);
        if (inner is null || _tokens.Kind != TokenKind.CloseRound)
        {
            return inner is null ? null : Fail(Unexpected("a closing parenthesis"));
        }
        _tokens.Next();
        return inner;
    }

    private Filter? ReadAttribute(int depth, bool inElement)
    {
        if (++_terms > _options.MaxTerms)
        {
            return Fail($"The filter has more than {_options.MaxTerms} terms.");
        }
        if (_tokens.Kind != TokenKind.Word)
        {
            return Fail(Unexpected("an attribute"));
        }
        if (!AttributePath.Parse(_tokens.Text).TryGet(out var path, out var error))
        {
            return Fail(error.Detail);
        }
        _tokens.Next();
        if (_tokens.Kind != TokenKind.OpenSquare)
        {
            return ReadComparison(path);
        }
        return inElement ? Fail("A value path cannot stand inside another one.") : ReadElement(path, depth);
    }

    private Filter? ReadElement(AttributePath path, int depth)
    {
        if (depth >= _options.MaxDepth)
        {
            return Fail($"The filter is nested more than {_options.MaxDepth} deep.");
        }
        _tokens.Next();
        var inner = ReadOr(depth + 1, inElement: true);
        if (inner is null || _tokens.Kind != TokenKind.CloseSquare)
        {
            return inner is null ? null : Fail(Unexpected("a closing bracket"));
        }
        _tokens.Next();
        if (_tokens.Kind != TokenKind.Word || _tokens.Spaced || _tokens.Text[0] != '.')
        {
            return new ValuePath(path, inner);
        }
        if (!AttributePath.IsName(_tokens.Text[1..]))
        {
            return Fail("After a closing bracket comes a sub-attribute.");
        }
        var sub = new AttributePath(null, _tokens.Text[1..], null);
        _tokens.Next();
        return ReadComparison(sub) is { } last
            ? new ValuePath(path, inner is And and ? new And([.. and.Terms, last]) : new And([inner, last]))
            : null;
    }

    private Filter? ReadComparison(AttributePath path)
    {
        if (_tokens.Kind != TokenKind.Word)
        {
            return Fail(Unexpected("an operator"));
        }
        var word = _tokens.Text;
        if (word.Equals("pr", StringComparison.OrdinalIgnoreCase))
        {
            _tokens.Next();
            return new Present(path);
        }
        if (word.Length != 2 || !Enum.TryParse<CompareOperator>(word, ignoreCase: true, out var comparison) || char.IsAsciiDigit(word[0]))
        {
            return Fail("The operators are eq, ne, co, sw, ew, gt, ge, lt, le and pr.");
        }
        NextValue();
        return ReadValue() is { } value ? new Compare(path, comparison, value) : null;
    }

    private void NextValue()
    {
        if (_options.Strict)
        {
            _tokens.Next();
        }
        else
        {
            _tokens.NextValue();
        }
    }

    private FilterValue? ReadValue()
    {
        var text = _tokens.Text;
        var value = _tokens.Kind switch
        {
            TokenKind.Text => new FilterValue(FilterValueKind.Text, text),
            TokenKind.Word => ReadLiteral(text),
            _ => null,
        };
        if (value is null)
        {
            _ = Fail(_tokens.Kind == TokenKind.Word ? "A value is a JSON string, number, true, false or null." : Unexpected("a value"));
            return null;
        }
        _tokens.Next();
        return value;
    }

    private FilterValue? ReadLiteral(string text)
    {
        var compared = _options.Strict ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
        if (text.Equals("true", compared) || text.Equals("false", compared))
        {
            return new FilterValue(FilterValueKind.Boolean, text);
        }
        if (text.Equals("null", compared))
        {
            return new FilterValue(FilterValueKind.Null, "null");
        }
        if (JsonNumber().IsMatch(text))
        {
            return new FilterValue(FilterValueKind.Number, text);
        }
        return _options.Strict || !Quotes.IsPlainWord(text) ? null : new FilterValue(FilterValueKind.Text, text);
    }

    private bool AtWord(string word) => _tokens.Kind == TokenKind.Word && _tokens.Text.Equals(word, StringComparison.OrdinalIgnoreCase);

    private string Unexpected(string wanted) =>
        _tokens.Kind switch
        {
            TokenKind.Broken => _tokens.Text,
            TokenKind.End => $"The filter ends where {wanted} should stand.",
            _ => $"The filter has '{(_tokens.Text.Length > 40 ? _tokens.Text[..40] + "..." : _tokens.Text)}' where {wanted} should stand.",
        };

    private Filter? Fail(string detail)
    {
        _error ??= ScimError.InvalidFilter(detail);
        return null;
    }

    [GeneratedRegex(@"\A-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex JsonNumber();
}
